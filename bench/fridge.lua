-- wrk: lists a fridge, as the account whose token is in the environment.
wrk.path = "/api/v1/fridge/items?limit=50"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

-- Counts what was no list: a fast refusal is none. One line for the runner to read.
local threads = {}
refused = 0
setup = function(thread) table.insert(threads, thread) end
response = function(status) if status ~= 200 then refused = refused + 1 end end
done = function(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("refused") end
  io.write(string.format("RESULT %d %d %d %.0f %.0f\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99)))
end
