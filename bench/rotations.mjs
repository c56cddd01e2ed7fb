// What callers of the proxy notice while 200 token pairs a second are renewed beside them: see README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent } from 'undici';
import { startGateway } from './lib/gateway.mjs';
import { CORES, end, freePort } from './lib/process.mjs';
import { CALLER, GUARDED, startPlatform } from './lib/proxies.mjs';
import { goal, machine, median, table } from './lib/report.mjs';
import { HAS_WRK, load } from './lib/wrk.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' }, connections: { type: 'string', default: '400' } },
});
const ME = '/restapi/v1.0/account/~/extension/~';
// Each is asked for as often as its token lives, so that every hand-out is a Refresh.
const LIFETIME_SECONDS = 2;
const AT_ONCE = 64;
const names = Array.from({ length: Number(values.connections) }, (_, index) => `rotating-${index}`);
const perSecond = names.length / LIFETIME_SECONDS;

if (!HAS_WRK) {
  console.error('rotations.mjs needs wrk (Debian: apt-get install wrk).');
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const children = [];
const agent = new Agent({ connections: AT_ONCE });
try {
  const [lasting, brief] = [await startPlatform(children, CORES?.load), await startPlatform(children, CORES?.load, LIFETIME_SECONDS)];
  const apps = { main: { platformOrigin: lasting.origin, connections: ['main'] }, rotating: { platformOrigin: brief.origin, connections: names } };
  const gateway = await startGateway({ scratch, port: await freePort(), children, apps });
  const headers = { ...CALLER, Authorization: `Bearer ${await gateway.addClient({ name: 'proxied', connections: ['main'], ...GUARDED })}` };
  const key = await gateway.addClient({ name: 'rotating', connections: names });
  const measure = (seconds) => load({ url: `${gateway.origin}${ME}`, headers, connections: 64, seconds, core: CORES?.load, scratch });
  // Signs all in, and warms up.
  await rotateFor(4 * LIFETIME_SECONDS * 1_000, gateway.origin, key);
  await measure(2);

  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const quiet = await measure(Number(values.seconds));
    const rotating = rotateFor((Number(values.seconds) + 1) * 1_000, gateway.origin, key);
    await delay(500);
    const busy = await measure(Number(values.seconds));
    rounds.push({ quiet, busy, ...(await rotating) });
  }
  report(rounds);
} finally {
  for (const child of children) await end(child);
  await agent.destroy();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit();

/** Asks for one token after the other, evenly. @returns how many a second were handed out, and how many were not */
async function rotateFor(ms, origin, key) {
  const startedAt = performance.now();
  const under = new Set();
  let handed = 0;
  let failed = 0;
  for (let turn = 0; performance.now() - startedAt < ms; turn += 1) {
    const late = startedAt + (turn * 1_000) / perSecond - performance.now();
    if (late > 1) await delay(late);
    if (under.size >= AT_ONCE) await Promise.race(under);
    const asked = agent
      .request({ origin, path: `/trunkline/api/connections/${names[turn % names.length]}/token`, method: 'GET', headers: { authorization: `Bearer ${key}` } })
      .then(async ({ statusCode, body }) => {
        await body.dump();
        if (statusCode === 200) handed += 1;
        else failed += 1;
      })
      .finally(() => under.delete(asked));
    under.add(asked);
  }
  await Promise.all(under);
  return { rotationsPerSecond: (handed * 1_000) / (performance.now() - startedAt), failed };
}

function report(rounds) {
  console.log(`# Rotations beside the proxy: ${machine()}\n`);
  const of = (field, kind) => median(rounds.map((round) => round[kind][field]));
  table(
    ['', 'req/s', 'p50 ms', 'p99 ms', 'failed'],
    ['quiet', 'busy'].map((kind) => [
      kind === 'quiet' ? 'quiet' : `${median(rounds.map(({ rotationsPerSecond }) => rotationsPerSecond)).toFixed(0)} rotations/s`,
      of('perSecond', kind).toFixed(0),
      of('p50', kind).toFixed(2),
      of('p99', kind).toFixed(2),
      rounds.reduce((sum, round) => sum + round[kind].bad + (kind === 'busy' ? round.failed : 0), 0),
    ]),
  );
  console.log();
  const ratio = median(rounds.map(({ quiet, busy }) => busy.p99 / quiet.p99));
  goal(`P11: p99 <= 1.3 × quiet: ${ratio.toFixed(2)}`, ratio <= 1.3);
}
