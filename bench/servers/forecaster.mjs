// A process that counts the deadlines of a database, and says what that cost it: node servers/forecaster.mjs PLACE TIMES
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { openStore } from '../lib/stores.mjs';

const [place, times] = process.argv.slice(2);
const store = await openStore(place);
const eventLoop = monitorEventLoopDelay({ resolution: 1 });
await delay(200);
const runs = [];
let counts = [];
for (let run = 0; run < Number(times); run += 1) {
  eventLoop.enable();
  await delay(20);
  eventLoop.reset();
  const started = performance.now();
  counts = await store.countDeadlines(0);
  const ms = performance.now() - started;
  eventLoop.disable();
  runs.push({ ms, blockedMs: eventLoop.max / 1e6 });
}
const connections = counts.reduce((sum, count) => sum + count.connections, 0);
process.send({ runs, connections, counts: counts.length });
setInterval(() => {}, 60_000);
