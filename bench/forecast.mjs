// How long the deadlines of a million Connections take to be counted, and whether anything waits for that: see README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fillBoth } from './lib/million.mjs';
import { end, memoryMiB, start } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000000' }, apps: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' } },
});
const connections = Number(values.connections);
const apps = Number(values.apps);
const NOW = Date.now();
const BLOCKED_MS = 20;
const LIMIT_MIB = 250;

const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const ends = [() => rmSync(scratch, { recursive: true, force: true })];
try {
  const { places, stop } = await fillBoth(scratch, { connections, apps, now: NOW });
  ends.push(stop);
  const rows = [];
  for (const [name, place] of places) {
    const { child, said } = await start('servers/forecaster.mjs', [place, values.rounds]);
    const mib = memoryMiB(child.pid, 'VmHWM');
    await end(child);
    if (said.connections !== connections) throw new Error(`${said.connections} were counted`);
    rows.push({ name, mib, counts: said.counts, ms: said.runs.map(({ ms }) => ms), blockedMs: Math.max(...said.runs.map(({ blockedMs }) => blockedMs)) });
  }

  console.log(`# Forecast: ${machine()}\n`);
  console.log(`${connections} Connections over ${apps} Apps, counted ${values.rounds} times on each database\n`);
  table(
    ['', 'ms, median', 'min-max', 'counts', 'event loop blocked at most, ms', 'peak MiB'],
    rows.map(({ name, ms, counts, blockedMs, mib }) => [
      name,
      median(ms).toFixed(0),
      `${Math.min(...ms).toFixed(0)}-${Math.max(...ms).toFixed(0)}`,
      counts,
      blockedMs.toFixed(1),
      mib?.toFixed(0) ?? '-',
    ]),
  );
  console.log();
  for (const { name, blockedMs, mib } of rows) {
    goal(`${name}: the event loop is never blocked over ${BLOCKED_MS} ms: ${blockedMs.toFixed(1)}`, blockedMs <= BLOCKED_MS);
    goal(`${name}: under ${LIMIT_MIB} MiB at its most: ${mib?.toFixed(0)}`, mib < LIMIT_MIB);
  }
} finally {
  for (const finish of ends.reverse()) await finish();
}
