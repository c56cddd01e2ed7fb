import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTrail } from '../../src/audit/trail.ts';
import { Freezes } from '../../src/broker/freezes.ts';
import { GrantCache } from '../../src/broker/grant-cache.ts';
import { Tokens } from '../../src/broker/tokens.ts';
import { type App, appFromDraft } from '../../src/domain/app.ts';
import type { TokenPair } from '../../src/domain/grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import type { Fetch } from '../../src/runtime/fetch.ts';
import type { Log } from '../../src/runtime/log.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import type { Session } from '../../src/sandbox/authorization/session.ts';
import { answerPlatform } from '../../src/sandbox/platform.ts';
import { PlatformRequest } from '../../src/sandbox/wire/platform-request.ts';
import { openRescueJournal } from '../../src/store/rescue-journal.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { inside } from '../sandbox-inside.ts';
import { manyUsers } from '../two-users.ts';
import { EventClock } from './event-clock.ts';

// As many sessions as the platform lets a user have with an app.
const SESSIONS_PER_USER = 5;
const ACCESS_MS = 3_600_000;

/** A platform with its limits, and a clock that jumps from one event to the next. */
export interface Simulation {
  readonly clock: EventClock;
  readonly app: App;
  readonly fetch: Fetch;
  /** What was answered: how often each status. */
  readonly answers: Map<number, number>;
  /** Opens so many sessions, of which each user has as many as the platform lets it have. */
  signIn(count: number): readonly TokenPair[];
  /** Has everything happen that happens until then. */
  playUntil(at: number): Promise<void>;
  /** How many sessions the platform would go on with. */
  countLiving(): number;
}

/**
 * The sandbox's platform, asked without a network: a hundred thousand requests take minutes, and nothing waits but for the clock.
 *
 * @param sessions   how many there will be
 * @param refreshMs  how long a refresh token lives
 * @param limitScale  what the platform's limits are multiplied with
 */
export function simulation({
  sessions,
  refreshMs,
  limitScale = 1,
}: {
  readonly sessions: number;
  readonly refreshMs: number;
  readonly limitScale?: number;
}): Simulation {
  const clock = new EventClock();
  const data = manyUsers(Math.ceil(sessions / SESSIONS_PER_USER));
  const { world } = inside(data, clock);
  world.settings.set({ ...world.settings.current, limitScale, refreshSeconds: refreshMs / 1_000 });
  const [registered] = data.apps;
  if (!registered?.clientSecret) throw new TypeError('there is no app');
  const { clientId, clientSecret } = registered;
  const app = appFromDraft({ name: 'main', platformOrigin: 'http://127.0.0.1:1', clientId, clientSecret: new Secret(clientSecret) }, clock.now());
  const answers = new Map<number, number>();
  let signedIn = 0;

  return {
    clock,
    app,
    answers,
    fetch: async (url, { method = 'GET', headers, body } = {}) => {
      const head = { method, path: new URL(url).pathname, query: '', headers: Object.fromEntries(new Headers(headers)) };
      const answer = await answerPlatform(world, new PlatformRequest(head, Buffer.from(String(body ?? ''))));
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      return new Response(String(answer.body), { status: answer.status, headers: answer.headers as Record<string, string> });
    },
    signIn: (count) =>
      Array.from({ length: count }, () => {
        const ownerId = String(data.accounts[0]?.extensions[2 + Math.floor(signedIn++ / SESSIONS_PER_USER)]?.id);
        const lifetimes = { accessMs: ACCESS_MS, refreshMs };
        const session = {
          app: registered,
          subject: { kind: 'user', ownerId },
          endpointId: undefined,
          lifetimes,
          scope: undefined,
          identity: undefined,
        } as const;
        return pairOf(world.sessions.signIn(session));
      }),
    playUntil: async (at) => {
      while (clock.now() < at) {
        // After this everything has been done that does not wait for the clock.
        await new Promise((resolve) => setImmediate(resolve));
        clock.goOn(at);
      }
    },
    countLiving: () => world.sessions.listLive().length,
  };
}

function pairOf({ id, endpointId, subject, startedAt, current }: Session): TokenPair {
  return {
    accessToken: new Secret(current.accessToken),
    issuedAt: startedAt,
    expiresAt: current.accessExpiresAt,
    refreshToken: current.refreshToken === undefined ? undefined : new Secret(current.refreshToken),
    refreshExpiresAt: current.refreshExpiresAt,
    ownerId: subject.kind === 'user' ? subject.ownerId : undefined,
    scope: '',
    endpointId,
    sessionId: id,
  };
}

/** A broker in a simulation: the real one, on a real database. */
export interface SimulatedBroker {
  readonly store: Store;
  readonly tokens: Tokens;
  /** What was logged: how often each event. */
  readonly events: Map<string, number>;
}

/** Names for pairs, in their order. */
export function namesFor(pairs: readonly TokenPair[], prefix = 'connection'): ReadonlyMap<string, TokenPair> {
  return new Map(pairs.map((pair, index) => [`${prefix}-${String(index).padStart(6, '0')}`, pair]));
}

const AT_ONCE = 500;

/** Of these Connections, those whose refresh token is good by what is stored. */
export async function livingIn(store: Store, names: readonly string[], now: number): Promise<readonly string[]> {
  const living: string[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const outlines = await store.listGrantOutlines(names.slice(from, from + AT_ONCE));
    living.push(...outlines.filter(({ refreshExpiresAt = 0 }) => refreshExpiresAt > now).map(({ connection }) => connection));
  }
  return living;
}

/** Gives the pairs to a broker that keeps them alive, as Connections with these names. */
export async function brokerOf(
  { clock, app, fetch }: Pick<Simulation, 'clock' | 'app' | 'fetch'>,
  named: ReadonlyMap<string, TokenPair>,
): Promise<SimulatedBroker> {
  const sealed = await openSqliteStore({ file: ':memory:' });
  const vault = await openVault({ vaultKey: randomBytes(32), keys: sealed.dataKeys, random: systemRandom, now: clock.now() });
  const store = sealed.withVault(vault);
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-simulation-'));
  const events = new Map<string, number>();
  const log = countingLog(events);
  const rescue = openRescueJournal(folder, vault, { error: () => undefined });
  const freezes = await Freezes.open({ store, clock, log });
  const trail = createTrail({ store, clock, log });
  const grants = new GrantCache({ store, clock });
  const tokens = new Tokens({ store, rescue, freezes, grants, trail, clock, random: systemRandom, fetch, log, node: 'A' });

  await store.createApp(app);
  for (const [name, pair] of named) {
    const connection = {
      id: name,
      name,
      app: app.name,
      labels: {},
      keep: 'alive' as const,
      ownerId: undefined,
      signInNeeded: undefined,
      createdAt: clock.now(),
    };
    await store.createConnection(connection, []);
    await store.saveGrant({ ...pair, connection: name, app: app.name, generation: 1, refreshRefused: undefined }, 0, name);
  }

  const ending = new AbortController();
  const running = tokens.scheduler.run(ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await running;
    await freezes.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { store, tokens, events };
}

function countingLog(events: Map<string, number>): Log {
  const count = (event: string) => void events.set(event, (events.get(event) ?? 0) + 1);
  return { info: count, warn: count, error: count };
}
