-- wrk: a person scans a code of the demo catalogue.
local codes = {
  '{"code":"9521234543213"}',
  '{"code":"https://id.example.org/01/09521234543213/10/LOT-7?17=271130"}',
  '{"code":"010952123454321310LOT-7\\u001d17271130"}',
}
local turn = 0

wrk.method = "POST"
wrk.path = "/api/v1/scans"
wrk.headers["Content-Type"] = "application/json"

request = function()
  turn = turn % #codes + 1
  return wrk.format(nil, nil, nil, codes[turn])
end

-- Counts what was not created: a fast refusal is no scan. One line for the runner to read.
local threads = {}
refused = 0
setup = function(thread) table.insert(threads, thread) end
response = function(status) if status ~= 201 then refused = refused + 1 end end
done = function(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("refused") end
  io.write(string.format("RESULT %d %d %d %.0f %.0f\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99)))
end
