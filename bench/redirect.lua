-- wrk: phones follow the codes of many products to the resolver: GTIN, lot and a use-by date.
-- The products are those that resolver.py has put into the catalogue.
local products = tonumber(os.getenv("PRODUCTS"))

local function gtin(n)
  local body, sum = string.format("0952%09d", n), 0
  for i = 1, 13 do sum = sum + tonumber(body:sub(i, i)) * (i % 2 == 1 and 3 or 1) end
  return body .. (10 - sum % 10) % 10
end

init = function() math.randomseed(os.time()) end

request = function()
  local path = "/01/" .. gtin(math.random(1, products)) .. "/10/LOT-7?17=271130"
  return wrk.format("GET", path, { ["Accept-Language"] = "fr-CA,fr;q=0.9" })
end

-- Counts what is no redirect. One line for the runner to read.
local threads = {}
refused = 0
setup = function(thread) table.insert(threads, thread) end
response = function(status) if status ~= 307 then refused = refused + 1 end end
done = function(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("refused") end
  io.write(string.format("RESULT %d %d %d %.0f %.0f\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99)))
end
