// How long the deadlines of a million Connections take to be counted, and whether anything waits for that: see README.md.
import { parseArgs } from 'node:util';
import { measureMillion } from './lib/million.mjs';
import { median } from './lib/report.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000000' }, apps: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' } },
});
const connections = Number(values.connections);
const apps = Number(values.apps);

await measureMillion({
  title: 'Forecast',
  summary: `${connections} Connections over ${apps} Apps, counted ${values.rounds} times on each database`,
  script: 'servers/forecaster.mjs',
  args: [values.rounds],
  connections,
  apps,
  now: Date.now(),
  rowOf: ({ runs, counts, connections: counted }) => {
    if (counted !== connections) throw new Error(`${counted} were counted`);
    return { counts, ms: runs.map(({ ms }) => ms), blockedMs: Math.max(...runs.map(({ blockedMs }) => blockedMs)) };
  },
  columns: [
    ['ms, median', ({ ms }) => median(ms).toFixed(0)],
    ['min-max', ({ ms }) => `${Math.min(...ms).toFixed(0)}-${Math.max(...ms).toFixed(0)}`],
    ['counts', ({ counts }) => counts],
  ],
});
