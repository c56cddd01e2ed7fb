// The data path beside other proxies, all in one run: see README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CORES, cpuMicroseconds, end, forgetPeak, memoryMiB } from './lib/process.mjs';
import { HAS_NGINX, startProxies } from './lib/proxies.mjs';
import { goal, machine, median, table } from './lib/report.mjs';
import { HAS_WRK, load } from './lib/wrk.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' }, suites: { type: 'string' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const ME = '/restapi/v1.0/account/~/extension/~';
const MIB = 1024 * 1024;
const FEW = ['direct', 'nginx', 'undici dispatch', '@fastify/reply-from', 'http-proxy', 'trunkline'];
const UPLOADS = ['direct', 'nginx', 'http-proxy', 'trunkline'];
const SUITES = {
  'GET 1 KB, 64 connections': { path: ME, connections: 64, of: [...FEW, 'trunkline-open'] },
  'GET 1 KB, 256 connections': { path: ME, connections: 256, of: ['direct', '@fastify/reply-from', 'trunkline'] },
  'GET 1 KB, 1 connection': { path: ME, connections: 1, of: ['direct', 'nginx', 'undici dispatch', 'trunkline'] },
  'POST 1 KB, 64 connections': { path: `${ME}/fax`, connections: 64, bodyBytes: 1_024, of: FEW },
  'POST 1 MB, 1 connection': { path: `${ME}/fax`, connections: 1, bodyBytes: MIB, of: UPLOADS },
  'POST 1 MB, 16 connections': { path: `${ME}/fax`, connections: 16, bodyBytes: MIB, of: UPLOADS },
  'POST 1 MB, 64 connections': { path: `${ME}/fax`, connections: 64, bodyBytes: MIB, of: UPLOADS },
  'POST 16 MB, 64 connections': { path: `${ME}/fax`, connections: 64, bodyBytes: 16 * MIB, of: ['direct', 'trunkline'] },
};
const chosen = Object.keys(SUITES).filter((name) => !values.suites || values.suites.split(',').some((part) => name.includes(part)));
if (!HAS_WRK) {
  console.error('proxy.mjs needs wrk (Debian: apt-get install wrk; nginx-light too, to be compared with).');
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const children = [];
let targets = [];
try {
  targets = await startProxies(scratch, children);
  for (const target of targets) await prove(target);
  console.log(`# Proxies: ${machine()}\n`);
  console.log(
    `${rounds} alternating rounds of ${seconds} s, ${CORES ? 'the proxy alone on one core, load and platform on the other' : 'not pinned'}${HAS_NGINX ? '' : '; nginx is not installed'}\n`,
  );
  const results = {};
  for (const name of chosen) {
    results[name] = await alternate(SUITES[name]);
    console.log(`## ${name}\n`);
    report(results[name]);
    console.log();
  }
  judge(results);
} finally {
  for (const child of children) await end(child);
  rmSync(scratch, { recursive: true, force: true });
}
process.exit();

/** @throws Error  it does not forward */
async function prove({ name, origin, headers }) {
  const read = await fetch(`${origin}${ME}`, { headers });
  const sent = await fetch(`${origin}${ME}/fax`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(MIB),
  });
  const bytes = (await read.text()).length;
  if (read.status !== 200 || sent.status !== 200 || bytes < 1_000)
    throw new Error(`${name}: ${read.status}, ${sent.status}, ${bytes} bytes: ${await sent.text()}`);
}

/** All in turn, so that a slow minute of the machine meets all. @returns by name: what each round gave */
async function alternate({ of, ...suite }) {
  const compared = targets.filter(({ name }) => of.includes(name));
  const measured = Object.fromEntries(compared.map(({ name }) => [name, []]));
  for (const target of compared) await measure(target, suite, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < compared.length; turn += 1) {
      const target = compared[(round + turn) % compared.length];
      measured[target.name].push(await measure(target, suite, seconds));
    }
  }
  return measured;
}

async function measure({ origin, headers, pids }, { path, connections, bodyBytes }, duration) {
  for (const pid of pids) forgetPeak(pid);
  const before = cpuOf(pids);
  const result = await load({ url: `${origin}${path}`, headers, bodyBytes, connections, seconds: duration, core: CORES?.load, scratch });
  const mib = pids.reduce((sum, pid) => sum + (memoryMiB(pid, 'VmHWM') ?? 0), 0);
  return { ...result, cpu: (cpuOf(pids) - before) / result.requests, mib };
}

function cpuOf(pids) {
  return pids.reduce((sum, pid) => sum + (cpuMicroseconds(pid) ?? 0), 0);
}

function report(measured) {
  const of = (name, field) => measured[name].map((round) => round[field]);
  table(
    ['', 'req/s, median', 'min-max', 'trunkline / it', 'CPU µs a request', 'p50 ms', 'p99 ms', 'peak MiB', 'failed'],
    Object.keys(measured).map((name) => [
      name,
      median(of(name, 'perSecond')).toFixed(0),
      `${Math.min(...of(name, 'perSecond')).toFixed(0)}-${Math.max(...of(name, 'perSecond')).toFixed(0)}`,
      ratio(measured, 'trunkline', name).toFixed(2),
      median(of(name, 'cpu')).toFixed(1),
      median(of(name, 'p50')).toFixed(2),
      median(of(name, 'p99')).toFixed(2),
      Math.max(...of(name, 'mib')).toFixed(0),
      of(name, 'bad').reduce((sum, bad) => sum + bad, 0),
    ]),
  );
}

/** The median of the ratios within each round. */
function ratio(measured, one, other, field = 'perSecond') {
  return median(measured[one].map((round, index) => round[field] / measured[other][index][field]));
}

function judge(results) {
  const atLeast = (what, suite, other, least, one = 'trunkline') => {
    if (!results[suite]?.[other]) return;
    const value = ratio(results[suite], one, other);
    goal(`${what}: >= ${least} × ${other}: ${value.toFixed(2)}`, value >= least);
  };
  const [get64, get256, get1, post1k] = Object.keys(SUITES);
  atLeast('P1', get64, '@fastify/reply-from', 1.25);
  atLeast('P1', get64, 'http-proxy', 1.4);
  atLeast('P2', get64, 'undici dispatch', 0.9);
  atLeast('P3', get64, 'nginx', 0.3);
  if (results[get64]) {
    const cpu = ratio(results[get64], 'trunkline', '@fastify/reply-from', 'cpu');
    goal(`P4: CPU a request <= 0.80 × @fastify/reply-from: ${cpu.toFixed(2)}`, cpu <= 0.8);
  }
  atLeast('P5', get256, '@fastify/reply-from', 1.3);
  if (results[get256]) {
    const p99 = ratio(results[get256], 'trunkline', '@fastify/reply-from', 'p99');
    goal(`P5: p99 no worse than @fastify/reply-from: ${p99.toFixed(2)}`, p99 <= 1);
  }
  if (results[get1]) {
    const added = median(results[get1].trunkline.map(({ p50 }, index) => p50 - results[get1].direct[index].p50));
    goal(`P6: p50 of one connection <= direct + 0.10 ms: + ${added.toFixed(3)}`, added <= 0.1);
  }
  atLeast('P7', post1k, 'http-proxy', 1.25);
  for (const suite of Object.keys(results).filter((name) => name.startsWith('POST 1 MB'))) {
    atLeast(`P8, ${suite}`, suite, 'http-proxy', 0.9);
    atLeast(`P8, ${suite}`, suite, 'nginx', 0.7);
  }
  const uploads = ['POST 1 MB, 64 connections', 'POST 16 MB, 64 connections'].filter((suite) => results[suite]);
  for (const suite of uploads) {
    const mib = Math.max(...results[suite].trunkline.map((round) => round.mib));
    goal(`P9, ${suite}: <= 170 MiB at its most: ${mib.toFixed(0)}`, mib <= 170);
  }
  atLeast('P10: all protections on beside none', get64, 'trunkline-open', 0.85);
  const failed = Object.values(results)
    .flatMap((measured) => measured.trunkline)
    .reduce((sum, { bad }) => sum + bad, 0);
  goal(`no request through Trunkline failed: ${failed}`, failed === 0);
}
