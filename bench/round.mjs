// What a scheduling round takes where a million Connections are kept alive, and whether anything waits for it: see README.md.
import { parseArgs } from 'node:util';
import { measureMillion } from './lib/million.mjs';
import { median } from './lib/report.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000000' }, apps: { type: 'string', default: '100' }, rounds: { type: 'string', default: '20' } },
});
const connections = Number(values.connections);
const apps = Number(values.apps);
const NOW = Date.now();
const ROUND_MS = 50;

await measureMillion({
  title: 'Scheduling round',
  summary: `${connections} Connections over ${apps} Apps, ${values.rounds} rounds on each database, with a turn of each App in each`,
  script: 'servers/rounder.mjs',
  args: [values.rounds, NOW],
  connections,
  apps,
  now: NOW,
  rowOf: (said) => {
    if (said.apps !== apps || said.taken === 0) throw new Error(`of ${said.apps} Apps ${said.taken} turns were taken`);
    return said;
  },
  columns: [
    ['round, ms, median', ({ round }) => median(round).toFixed(1)],
    ['at most', ({ round }) => Math.max(...round).toFixed(1)],
    ['a turn taken, ms, median', ({ turn }) => median(turn).toFixed(2)],
    ['at most', ({ turn }) => Math.max(...turn).toFixed(1)],
    ['turns taken', ({ taken }) => taken],
  ],
  goals: ({ round }) => [[`a round takes ${ROUND_MS} ms at most: ${Math.max(...round).toFixed(1)}`, Math.max(...round) <= ROUND_MS]],
});
