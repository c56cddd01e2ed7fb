// A process of its own, so that the load has a core of its own: node lib/load.mjs JSON
import autocannon from 'autocannon';

const { url, authorization, body, connections, seconds } = JSON.parse(process.argv[2]);
const result = await autocannon({
  url,
  method: 'POST',
  connections,
  duration: seconds,
  headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
  body,
});
process.send({
  requests: result.requests.total,
  perSecond: result.requests.total / result.duration,
  p50: result.latency.p50,
  p99: result.latency.p99,
  bad: result.non2xx + result.errors + result.timeouts,
});
