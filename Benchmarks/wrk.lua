-- wrk's script: METHOD, BODY FILE or "-", then headers as "Name: value". Prints one line of JSON at the end.
function init(arguments)
  wrk.method = arguments[1]
  if arguments[2] ~= "-" then
    local file = assert(io.open(arguments[2], "rb"))
    wrk.body = file:read("*a")
    file:close()
  end
  for place = 3, #arguments do
    local name, value = arguments[place]:match("^(.-): (.*)$")
    wrk.headers[name] = value
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p95":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
