import { Client } from 'pg';
import { type Change, EVERYTHING } from '../../domain/changes.ts';
import { nameOf, type PostgresPlace } from '../../domain/database-place.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Listeners } from '../listeners.ts';
import type { ChangeSource } from '../store.ts';
import { CHANNEL } from './dialect.ts';
import { clientConfig } from './pool.ts';
import { asUnreachable } from './unavailable.ts';

// While the server is away it is tried this often.
const AGAIN_MS = 500;
// A connection that nobody ends can be dead all the same: a question that gets no answer in time says so. What is revoked
// must be known everywhere within 5 s, so a silent loss is found out in twice this time.
const PROBE_MS = 2_000;

/**
 * Word of changes in a PostgreSQL database, by LISTEN on a connection of its own.
 *
 * When that is lost, it is made again, and whoever watches is told that everything may have changed.
 */
export function postgresChanges(place: PostgresPlace): ChangeSource {
  const listeners = new Listeners();
  const ending = new AbortController();
  let listening: Promise<void> | undefined;
  let running: Promise<void> | undefined;
  let coming = false;

  async function begin(): Promise<void> {
    const first = await listen(place, listeners);
    coming = true;
    running = keepListening(first);
  }

  async function keepListening(first: Listening): Promise<void> {
    let current: Listening | undefined = first;
    while (!ending.signal.aborted) {
      if (current) await untilLost(current, ending.signal);
      else await pause(AGAIN_MS, ending.signal);
      if (ending.signal.aborted) break;
      // At once, so that nobody trusts what he remembers while there is no word; and again when it comes anew.
      if (coming) {
        coming = false;
        listeners.tell(EVERYTHING);
      }
      current = await listen(place, listeners).catch(() => undefined);
      coming = current !== undefined;
      if (coming) listeners.tell(EVERYTHING);
    }
    await current?.end();
  }

  return {
    watch: async (hear) => {
      const leave = listeners.add(hear);
      listening ??= begin();
      try {
        await listening;
      } catch (error) {
        leave();
        listening = undefined;
        throw error;
      }
      return leave;
    },
    comes: () => coming,
    close: async () => {
      ending.abort();
      coming = false;
      await listening?.catch(() => undefined);
      await running;
    },
  };
}

/** A connection that hears. */
interface Listening {
  readonly lost: Promise<void>;
  /** Rejects where the server does not answer. */
  probe(): Promise<unknown>;
  end(): Promise<void>;
}

async function listen(place: PostgresPlace, listeners: Listeners): Promise<Listening> {
  const client = new Client({ ...clientConfig(place), query_timeout: PROBE_MS });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
  });
  client.on('notification', ({ payload = '' }) => listeners.tell(toChange(payload)));
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw asUnreachable(error, nameOf(place));
  }
  return { lost, probe: () => client.query('select 1'), end: () => client.end().catch(() => undefined) };
}

async function untilLost({ lost, probe, end }: Listening, signal: AbortSignal): Promise<void> {
  for (;;) {
    const over = await Promise.race([lost.then(() => true), pause(PROBE_MS, signal).then(() => false)]);
    if (signal.aborted) return;
    if (over) break;
    try {
      await probe();
    } catch {
      break;
    }
  }
  // Not waited for: the other end may be gone without a word.
  void end();
}

// A table that a newer node announces is none that this one knows.
function toChange(payload: string): Change | typeof EVERYTHING {
  const [, of, name] = /^(apps|bridge_sessions|clients|connections|freezes|grants|limit_nodes|limit_penalties) (.+)$/s.exec(payload) ?? [];
  return of === undefined || name === undefined ? EVERYTHING : { of: of as Change['of'], name };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await systemClock.sleep(ms, signal).catch(() => undefined);
}
