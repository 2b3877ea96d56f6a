-- Moves of random calls to random minutes, for wrk: url, then app, token, calls, first second, days, seed.
local app, token, calls, first, days
local headers = {}

function setup(thread)
  thread:set("number", 1)
end

function init(args)
  app, token, calls, first, days = args[1], args[2], tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  math.randomseed(tonumber(args[6]))
  headers["Authorization"] = "Bearer " .. token
  headers["Content-Type"] = "application/json"
end

function request()
  local id = string.format("018f3c1e-0000-7000-9000-%012x", math.random(0, calls - 1))
  local time = first + math.random(0, days * 1440 - 1) * 60
  local body = string.format('{"scheduledAtUtc":"%s"}', os.date("!%Y-%m-%dT%H:%M:%S.000Z", time))
  return wrk.format("PATCH", "/api/v1/video/" .. app .. "/scheduled-calls/" .. id, headers, body)
end

function done(summary, latency)
  io.write(string.format('\nRESULT {"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
