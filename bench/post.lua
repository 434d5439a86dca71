-- wrk script: POST a prepared multipart body; at the end one line of JSON.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  wrk.headers["Content-Type"] = "multipart/form-data; boundary=" .. args[2]
  file:close()
end

function done(summary, latency, requests)
  local failed = summary.errors
  local errors = failed.connect + failed.read + failed.write + failed.timeout + failed.status
  io.write(string.format(
    '\n{"requests": %d, "errors": %d, "per_second": %.2f, "p50": %.3f, "p95": %.3f, "p99": %.3f}\n',
    summary.requests, errors, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
