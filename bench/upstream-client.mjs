// The proxy's way out beside undici's `dispatch`, both in this process, against a server in another. See README.md.
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { createUpstream } from '../dist/proxy/upstream/upstream.js';
import { systemClock as clock } from '../dist/runtime/clock.js';
import { CORES, end, start } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '2' } } });
const headers = ['accept', 'application/json', 'user-agent', 'bench', 'authorization', `Bearer ${'a'.repeat(40)}`, 'x-request-id', '1'];
const CASES = [
  { name: 'GET 1 KB, 64 connections', method: 'GET', path: '/1024', connections: 64, goal: 0.75 },
  { name: 'GET 1 KB, 256 connections', method: 'GET', path: '/1024', connections: 256, goal: 0.75 },
  { name: 'GET 1 KB, 1 connection', method: 'GET', path: '/1024', connections: 1, goal: 0.75 },
  { name: 'POST 1 KB, 64 connections', method: 'POST', path: '/1024', connections: 64, body: Buffer.alloc(1024, 'a'), goal: 0.75 },
  { name: 'GET 1 MB, 16 connections', method: 'GET', path: '/1048576', connections: 16, goal: 1 },
];
const CLIENTS = { undici: undiciClient, ours: ourClient };

const { child, said } = await start('servers/fixed-answer.mjs', [], CORES?.load);
const origin = `http://127.0.0.1:${said.port}`;
try {
  console.log(`# The way out: ${machine()}\n`);
  const results = [];
  for (const one of CASES) results.push({ ...one, ...(await alternate(one)) });
  const cells = ({ perSecond, cpu }) => [perSecond.toFixed(0), cpu.toFixed(1)];
  table(
    ['', 'undici, req/s', 'CPU µs a request', 'ours, req/s', 'CPU µs a request', 'CPU, ratio'],
    results.map(({ name, undici, ours, ratio }) => [name, ...cells(undici), ...cells(ours), ratio.toFixed(2)]),
  );
  console.log();
  for (const { name, goal: most, ratio } of results) goal(`${name}: <= ${most} times the processor time of undici: ${ratio.toFixed(2)}`, ratio <= most);
} finally {
  await end(child);
}

/** Both in turn, so that a slow minute of the machine meets both; ratios within a round. */
async function alternate(one) {
  const rounds = [];
  for (const make of Object.values(CLIENTS)) await measure(make, one, 0.5);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const both = {};
    for (const [name, make] of Object.entries(CLIENTS)) both[name] = await measure(make, one, Number(values.seconds));
    rounds.push(both);
  }
  const of = (name) => ({ perSecond: median(rounds.map((round) => round[name].perSecond)), cpu: median(rounds.map((round) => round[name].cpu)) });
  return { undici: of('undici'), ours: of('ours'), ratio: median(rounds.map(({ undici, ours }) => ours.cpu / undici.cpu)) };
}

async function measure(make, { method, path, body, connections }, seconds) {
  const client = make({ method, path, headers, body });
  const expected = Number(path.slice(1));
  const before = process.cpuUsage();
  const from = performance.now();
  let count = 0;
  await Promise.all(Array.from({ length: connections }, worker));
  const used = process.cpuUsage(before);
  const elapsed = (performance.now() - from) / 1000;
  await client.close();
  return { perSecond: count / elapsed, cpu: (used.user + used.system) / count };

  function worker() {
    return new Promise((resolve, reject) => {
      const next = () => (performance.now() - from < seconds * 1000 ? client.send(done, reject) : resolve());
      const done = (bytes) => {
        if (bytes !== expected) return reject(new Error(`${bytes} bytes`));
        count += 1;
        return next();
      };
      next();
    });
  }
}

function undiciClient(request) {
  const pool = new Pool(origin, { connections: 512, pipelining: 1 });
  return {
    close: () => pool.close(),
    send(done, onError) {
      let bytes = 0;
      const onData = (chunk) => {
        bytes += chunk.length;
        return true;
      };
      pool.dispatch(request, { onConnect() {}, onHeaders: () => true, onData, onComplete: () => done(bytes), onError });
    },
  };
}

function ourClient(request) {
  const upstream = createUpstream(origin, { clock });
  return {
    close: () => upstream.close(),
    send(done, onError) {
      let bytes = 0;
      const onData = (chunk) => {
        bytes += chunk.length;
        return true;
      };
      upstream.request(request, { onHead() {}, onData, onEnd: () => done(bytes), onError });
    },
  };
}
