// The sandbox's token endpoint beside other token servers: see README.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CORES, cpuMicroseconds, end, freePort, memoryMiB, start } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    goals: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const connections = Number(values.connections);

const authorization = `Basic ${Buffer.from('YourAppKey:YourAppSecret').toString('base64')}`;
const CLIENT_CREDENTIALS = 'grant_type=client_credentials';
const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const SERVERS = [
  { name: 'trunkline sandbox', isGoal: true, script: 'servers/trunkline.mjs', path: '/restapi/oauth/token', body: `${CLIENT_CREDENTIALS}&brand_id=1234` },
  {
    name: 'the same, password (two tokens)',
    script: 'servers/trunkline.mjs',
    path: '/restapi/oauth/token',
    body: 'grant_type=password&username=18889363711&extension=101&password=1234',
  },
  {
    name: 'the same, durable',
    script: 'servers/trunkline.mjs',
    args: [join(scratch, 'sandbox.db')],
    path: '/restapi/oauth/token',
    body: `${CLIENT_CREDENTIALS}&brand_id=1234`,
  },
  { name: '@node-oauth/oauth2-server', isGoal: true, script: 'servers/node-oauth2-server.mjs', path: '/token', body: CLIENT_CREDENTIALS },
  { name: 'oidc-provider', isGoal: true, script: 'servers/oidc-provider.mjs', path: '/token', body: CLIENT_CREDENTIALS },
  { name: 'oauth2-mock-server (signs RS256)', script: 'servers/oauth2-mock-server.mjs', path: '/token', body: CLIENT_CREDENTIALS },
];

const running = [];
try {
  for (const server of values.goals ? SERVERS.filter(({ isGoal }) => isGoal) : SERVERS) {
    const port = await freePort();
    const { child } = await start(server.script, [port, ...(server.args ?? [])], CORES?.server);
    running.push({ ...server, child, url: `http://127.0.0.1:${port}${server.path}`, rounds: [] });
  }
  for (const server of running) await proveAndWarm(server);
  for (let round = 0; round < rounds; round += 1) {
    // Each begins one round and ends another, so that a slow minute of the machine meets all.
    for (let turn = 0; turn < running.length; turn += 1) await measure(running[(round + turn) % running.length]);
  }
  report();
} finally {
  for (const { child } of running) await end(child);
  rmSync(scratch, { recursive: true, force: true });
}

/** @throws Error  it issues no token */
async function proveAndWarm(server) {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(server.url, { method: 'POST', headers, body: server.body });
  if (!(await answer.json()).access_token) throw new Error(`${server.name} issues no tokens`);
  await load(server, 2);
}

async function measure(server) {
  const before = cpuMicroseconds(server.child.pid);
  const result = await load(server, seconds);
  const after = cpuMicroseconds(server.child.pid);
  server.rounds.push({ ...result, cpu: after === undefined ? undefined : (after - before) / result.requests });
}

async function load({ url, body }, duration) {
  const { child, said } = await start('lib/load.mjs', [JSON.stringify({ url, authorization, body, connections, seconds: duration })], CORES?.load);
  await end(child);
  return said;
}

function report() {
  const [ours, second, provider] = running.filter(({ isGoal }) => isGoal);
  const versions = Object.entries(JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).dependencies);
  console.log(`# Token endpoint: ${machine()}\n`);
  console.log(`${rounds} alternating rounds of ${seconds} s, ${connections} connections, ${CORES ? 'the server alone on one core' : 'not pinned'}`);
  console.log(`${versions.map(([name, version]) => `${name} ${version}`).join(', ')}\n`);
  table(
    ['server', 'req/s, median', 'min-max', 'ours / it', 'CPU µs a request', 'its CPU / ours', 'p50 ms', 'p99 ms', 'peak MiB', 'failed'],
    running.map((server) => rowOf(server, ours)),
  );
  console.log();
  const overProvider = ratioOf(ours, provider);
  const overSecond = ratioOf(ours, second);
  const failed = running.reduce((sum, server) => sum + server.rounds.reduce((inner, { bad }) => inner + bad, 0), 0);
  goal(`T1: >= 2.5 × oidc-provider: ${overProvider.toFixed(2)}`, overProvider >= 2.5);
  goal(`T1: >= 1.1 × @node-oauth/oauth2-server: ${overSecond.toFixed(2)}`, overSecond >= 1.1);
  goal(`no request failed: ${failed}`, failed === 0);
}

function rowOf(server, ours) {
  const of = (field) => server.rounds.map((round) => round[field]);
  const perSecond = of('perSecond');
  const cpu = median(of('cpu'));
  return [
    server.name,
    median(perSecond).toFixed(0),
    `${Math.min(...perSecond).toFixed(0)}-${Math.max(...perSecond).toFixed(0)}`,
    ratioOf(ours, server).toFixed(2),
    cpu === undefined ? '-' : cpu.toFixed(1),
    cpu === undefined ? '-' : median(server.rounds.map((round, index) => round.cpu / ours.rounds[index].cpu)).toFixed(2),
    median(of('p50')).toFixed(2),
    median(of('p99')).toFixed(2),
    memoryMiB(server.child.pid, 'VmHWM')?.toFixed(0) ?? '-',
    of('bad').reduce((sum, bad) => sum + bad, 0),
  ];
}

/** The median of the ratios within each round. */
function ratioOf(one, other) {
  return median(one.rounds.map((round, index) => round.perSecond / other.rounds[index].perSecond));
}
