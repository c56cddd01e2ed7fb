import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GrantCache } from '../../src/broker/grant-cache.ts';
import { Tokens } from '../../src/broker/tokens.ts';
import { appFromDraft } from '../../src/domain/app.ts';
import { PlatformAway, PlatformUnreachable, TokenPending } from '../../src/domain/errors.ts';
import { type Grant, isUsable } from '../../src/domain/grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openRescueJournal } from '../../src/store/rescue-journal.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { figures } from '../chaos/world.ts';
import { ManualClock } from '../manual-clock.ts';
import { SILENT } from '../silent-log.ts';
import { NOTHING_FROZEN } from '../unfrozen.ts';

const RUNS = figures(500, 10_000);
const HOUR_MS = 3_600_000;
const LEASE_MS = 30_000;

/** What becomes of a token request: it works; the connection drops before or after it took effect; a server error. */
type Fate = 'works' | 'drops before' | 'drops after' | 'fails';
/** What a caller of one of the two brokers does. */
interface Caller {
  readonly broker: 0 | 1;
  readonly refuses: boolean;
}

const FATE = fc.constantFrom<Fate>('works', 'works', 'works', 'drops before', 'drops after', 'fails');
const CALLER = fc.record({ broker: fc.constantFrom<0 | 1>(0, 1), refuses: fc.boolean() });
// Mostly the pauses of the code itself; now and then longer than a Lease lasts, never as long as the platform's grace.
const PAUSE_MS = fc.constantFrom(10, 50, 50, 500, 10_000, LEASE_MS + 1);

describe('two brokers, a slow store and a faulty token endpoint', () => {
  test(
    `G1-G5, 17: hold in every order of events (${RUNS} runs)`,
    async () => {
      const place = await openPlace();

      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.array(FATE, { maxLength: 12 }),
          fc.array(CALLER, { minLength: 1, maxLength: 8 }),
          fc.infiniteStream(PAUSE_MS),
          async (scheduler, fates, callers, pauses) => {
            const run = await startRun(place, scheduler, fates);

            const outcomes = callers.map((caller) => run.call(caller));
            await run.until(Promise.allSettled(outcomes), () => pauses.next().value);
            const last = await run.until(run.callUntilAnswered(), () => 5_000);

            run.check();
            expect(last.generation).toBe((await place.store.findGrant(run.connection))?.generation);
          },
        ),
        { numRuns: RUNS, seed: Number(process.env.TRUNKLINE_TEST_SEED) || Date.now() % 2 ** 31 },
      );
    },
    figures(180_000, 1_800_000),
  );
});

/** The platform's rules in small: single use, the same pair again while the new one is unused, ten seconds after that. */
class TokenEndpoint {
  signIns = 0;
  underWay = 0;
  mostUnderWay = 0;
  readonly presented = new Map<string, number>();
  readonly #clock: ManualClock;
  readonly #fates: Fate[];
  #pair = { access: '', refresh: '', old: '', usedAt: Number.POSITIVE_INFINITY, expiresAt: 0 };
  #count = 0;

  constructor(clock: ManualClock, fates: readonly Fate[]) {
    this.#clock = clock;
    this.#fates = [...fates];
  }

  use(access: string): void {
    if (access === this.#pair.access && this.#pair.usedAt === Number.POSITIVE_INFINITY) this.#pair.usedAt = this.#clock.now();
  }

  async answer(body: URLSearchParams, slow: () => Promise<unknown>): Promise<Response> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      const fate = this.#fates.shift() ?? 'works';
      await slow();
      if (fate === 'drops before') throw new TypeError('fetch failed');
      if (fate === 'fails') return new Response('{}', { status: 500 });
      const answer = this.#effect(body);
      await slow();
      if (fate === 'drops after') throw new TypeError('fetch failed');
      return answer;
    } finally {
      this.underWay -= 1;
    }
  }

  #effect(body: URLSearchParams): Response {
    const token = body.get('refresh_token');
    if (body.get('grant_type') === 'password') {
      this.signIns += 1;
      this.#issue('');
    } else if (token === this.#pair.refresh) {
      this.#issue(token);
    } else if (token !== this.#pair.old || this.#clock.now() >= this.#pair.usedAt + 10_000) {
      return json(400, { error: 'invalid_grant', errors: [{ errorCode: 'OAU-213' }] });
    }
    if (token) this.presented.set(token, (this.presented.get(token) ?? 0) + 1);
    const { access, refresh, expiresAt } = this.#pair;
    return json(200, {
      access_token: access,
      token_type: 'bearer',
      expires_in: Math.max(1, Math.floor((expiresAt - this.#clock.now()) / 1_000)),
      refresh_token: refresh,
      refresh_token_expires_in: 604_800,
      session_id: 'S',
      owner_id: '1',
    });
  }

  #issue(old: string): void {
    this.#count += 1;
    this.#pair = { access: `A${this.#count}`, refresh: `R${this.#count}`, old, usedAt: Number.POSITIVE_INFINITY, expiresAt: this.#clock.now() + HOUR_MS };
  }
}

async function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-interleavings-'));
  const sealed = await openSqliteStore({ file: ':memory:' });
  const vault = await openVault({ vaultKey: randomBytes(32), keys: sealed.dataKeys, random: systemRandom, now: 0 });
  const store = sealed.withVault(vault);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, store, vault, runs: 0 };
}

async function startRun(place: Awaited<ReturnType<typeof openPlace>>, scheduler: fc.Scheduler, fates: readonly Fate[]) {
  place.runs += 1;
  const connection = `connection-${place.runs}`;
  const clock = new ManualClock();
  const endpoint = new TokenEndpoint(clock, fates);
  const saved = new Set<string>();
  const faults: string[] = [];
  let lapsed = false;

  // Of its own, because its budget remembers what went wrong.
  const app = `app-${place.runs}`;
  await place.store.createApp(appFromDraft({ name: app, platformOrigin: 'http://127.0.0.1:1', clientId: 'id', clientSecret: new Secret('secret') }, 0));
  await place.store.createConnection(
    { id: connection, name: connection, app, labels: {}, keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: 0 },
    [{ kind: 'password', username: '15555550100', password: new Secret('1234') }],
  );
  const log = SILENT;
  const slow = () => scheduler.schedule(Promise.resolve());
  const fetch = (_url: string | URL, init?: RequestInit) => endpoint.answer(new URLSearchParams(String(init?.body)), slow);
  const brokers = ['A', 'B'].map((node) => {
    const store = slowStore(place.store, slow, saved);
    return new Tokens({
      store,
      rescue: openRescueJournal(join(place.folder, node), place.vault, log),
      freezes: NOTHING_FROZEN,
      grants: new GrantCache({ store, clock }),
      trail: { note: async () => undefined },
      clock,
      random: systemRandom,
      fetch,
      log,
      node: `${node}${place.runs}`,
    });
  });

  return {
    connection,
    call: async ({ broker, refuses }: Caller): Promise<Grant> => {
      const tokens = brokers[broker] as Tokens;
      const grant = await tokens.usableGrant(connection);
      const handedOut = (refuses && (await tokens.newerGrant(grant))) || grant;
      const access = handedOut.accessToken.reveal();
      if (!saved.has(access)) faults.push(`G2: ${access} was handed out before it was saved`);
      if (!isUsable(handedOut, clock.now())) faults.push(`G5: ${access} was handed out with too little left`);
      endpoint.use(access);
      return handedOut;
    },
    /** Asks again for as long as the token endpoint gives no clear answer. */
    callUntilAnswered: async (): Promise<Grant> => {
      for (;;) {
        try {
          return (await brokers[0]?.usableGrant(connection)) as Grant;
        } catch (error) {
          if (!(error instanceof PlatformUnreachable || error instanceof PlatformAway || error instanceof TokenPending)) throw error;
          await clock.sleep(10_000);
        }
      }
    },
    /** Lets one thing happen after another until `work` is done; where nothing can happen, time passes. */
    until: async <Result>(work: Promise<Result>, pauseMs: () => number): Promise<Result> => {
      let done = false;
      const finish = () => {
        done = true;
      };
      work.then(finish, finish);
      while (!done) {
        if (scheduler.count() > 0) {
          await scheduler.waitNext(1);
        } else {
          const ms = pauseMs();
          lapsed ||= ms > LEASE_MS;
          clock.advance(ms);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      return work;
    },
    check: () => {
      expect(faults).toEqual([]);
      if (!lapsed) expect(endpoint.mostUnderWay, 'G1: token requests at once').toBeLessThanOrEqual(1);
      // A sign-in whose answer was lost is asked again; a Grant that was won is never lost.
      const lostSignIns = fates.filter((fate) => fate === 'drops after').length;
      expect(endpoint.signIns, 'G4: sign-ins').toBeLessThanOrEqual(1 + lostSignIns);
    },
  };
}

/** A store whose every answer takes its time, before it acts and after. */
function slowStore(store: Store, slow: () => Promise<unknown>, saved: Set<string>): Store {
  const slowly =
    <Arguments extends unknown[], Result>(act: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      await slow();
      const result = await act(...given);
      await slow();
      return result;
    };
  return {
    ...store,
    findConnection: slowly(store.findConnection),
    findGrant: slowly(store.findGrant),
    takeLease: slowly(store.takeLease),
    giveBackLease: slowly(store.giveBackLease),
    saveGrant: slowly(async (grant, expected, connectionId) => {
      const done = await store.saveGrant(grant, expected, connectionId);
      if (done) saved.add(grant.accessToken.reveal());
      return done;
    }),
  };
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
