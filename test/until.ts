import { setTimeout as delay } from 'node:timers/promises';

// Whatever is waited for takes seconds at most; a machine that is busy with other tests gets more.
const LONGEST_MS = 30_000;

/**
 * Looks again and again, until there is something or it holds; for what another process does.
 *
 * @returns what was found
 */
export async function until<Found>(look: () => Found | Promise<Found>, everyMs = 20): Promise<Exclude<Found, false | undefined>> {
  const late = performance.now() + LONGEST_MS;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found as Exclude<Found, false | undefined>;
    if (performance.now() > late) throw new Error('it never came');
    await delay(everyMs);
  }
}
