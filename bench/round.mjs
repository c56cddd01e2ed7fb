// What a scheduling round takes where a million Connections are kept alive, and whether anything waits for it: see README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fillBoth } from './lib/million.mjs';
import { end, memoryMiB, start } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000000' }, apps: { type: 'string', default: '100' }, rounds: { type: 'string', default: '20' } },
});
const connections = Number(values.connections);
const apps = Number(values.apps);
const NOW = Date.now();
const ROUND_MS = 50;
const BLOCKED_MS = 20;
const LIMIT_MIB = 250;

const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const ends = [() => rmSync(scratch, { recursive: true, force: true })];
try {
  const { places, stop } = await fillBoth(scratch, { connections, apps, now: NOW });
  ends.push(stop);
  const rows = [];
  for (const [name, place] of places) {
    const { child, said } = await start('servers/rounder.mjs', [place, values.rounds, NOW]);
    const mib = memoryMiB(child.pid, 'VmHWM');
    await end(child);
    if (said.apps !== apps || said.taken === 0) throw new Error(`of ${said.apps} Apps ${said.taken} turns were taken`);
    rows.push({ name, mib, ...said });
  }

  console.log(`# Scheduling round: ${machine()}\n`);
  console.log(`${connections} Connections over ${apps} Apps, ${values.rounds} rounds on each database, with a turn of each App in each\n`);
  table(
    ['', 'round, ms, median', 'at most', 'a turn taken, ms, median', 'at most', 'turns taken', 'event loop blocked at most, ms', 'peak MiB'],
    rows.map(({ name, round, turn, taken, blockedMs, mib }) => [
      name,
      median(round).toFixed(1),
      Math.max(...round).toFixed(1),
      median(turn).toFixed(2),
      Math.max(...turn).toFixed(1),
      taken,
      blockedMs.toFixed(1),
      mib?.toFixed(0) ?? '-',
    ]),
  );
  console.log();
  for (const { name, round, blockedMs, mib } of rows) {
    goal(`${name}: a round takes ${ROUND_MS} ms at most: ${Math.max(...round).toFixed(1)}`, Math.max(...round) <= ROUND_MS);
    goal(`${name}: the event loop is never blocked over ${BLOCKED_MS} ms: ${blockedMs.toFixed(1)}`, blockedMs <= BLOCKED_MS);
    goal(`${name}: under ${LIMIT_MIB} MiB at its most: ${mib?.toFixed(0)}`, mib < LIMIT_MIB);
  }
} finally {
  for (const finish of ends.reverse()) await finish();
}
