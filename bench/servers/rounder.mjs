// A process that plans Refreshes as a gateway does, and says what that cost it: node servers/rounder.mjs PLACE ROUNDS NOW
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { openStore } from '../lib/stores.mjs';

// In this time an App gets another slot, at five a minute.
const SLOT_MS = 13_000;

const [place, rounds, startedAt] = process.argv.slice(2);
const store = await openStore(place);
const eventLoop = monitorEventLoopDelay({ resolution: 1 });
const said = { round: [], turn: [], blockedMs: 0, apps: 0, taken: 0 };
let now = Number(startedAt);
await delay(200);
// The first round has its statements prepared.
await playRound();

Object.assign(said, { round: [], turn: [], taken: 0 });
for (let round = 0; round < Number(rounds); round += 1) {
  eventLoop.enable();
  await delay(20);
  eventLoop.reset();
  await playRound();
  said.blockedMs = Math.max(said.blockedMs, eventLoop.max / 1e6);
  eventLoop.disable();
}
process.send(said);
setInterval(() => {}, 60_000);

/** Looks at every App, and takes whatever is most pressing of each: a slot and the Lease. */
async function playRound() {
  now += SLOT_MS;
  const started = performance.now();
  const pressing = await store.listPressing(now);
  said.round.push(performance.now() - started);
  said.apps = pressing.length;
  for (const { app } of pressing) {
    const begun = performance.now();
    const { outcome } = await store.takeNextTurn(app, { holder: `bench/${now}`, leaseMs: 30_000, now, urgent: false, urgentBy: 0, early: true });
    said.turn.push(performance.now() - begun);
    if (outcome === 'taken') said.taken += 1;
  }
}
