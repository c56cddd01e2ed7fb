import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BridgeRefused } from '../../src/bridge/refusal.ts';
import { BridgeSessions, type IssuedTokens, type Presenter, RING_CX } from '../../src/bridge/sessions.ts';
import type { BridgeSession } from '../../src/domain/bridge-session.ts';
import { BridgeTokenRefused, Frozen } from '../../src/domain/errors.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { figures } from '../figures.ts';
import { ManualClock } from '../manual-clock.ts';
import { SILENT } from '../silent-log.ts';
import { Model } from './token-rules.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LIFETIMES = { accessMs: HOUR, refreshMs: 7 * DAY };
const PROGRAMS = ['one', 'two', RING_CX];

/** Rows without a database, so that ten thousand sequences take minutes; the databases have their contract. */
function rows() {
  const sessions = new Map<string, BridgeSession>();
  return {
    createBridgeSession: async (session: BridgeSession) => void sessions.set(session.id, session),
    findBridgeSession: async (id: string) => sessions.get(id),
    rotateBridgeSession: async (session: BridgeSession) => {
      const known = sessions.get(session.id);
      if (!known || known.revokedAt !== undefined || known.generation !== session.generation - 1) return false;
      sessions.set(session.id, session);
      return true;
    },
    useBridgeSession: async (id: string, generation: number, now: number) => {
      const known = sessions.get(id);
      if (known?.generation === generation) sessions.set(id, { ...known, current: { ...known.current, usedAt: known.current.usedAt ?? now } });
    },
    revokeBridgeSession: async (id: string, now: number) => {
      const going = [...sessions.values()].filter((one) => one.revokedAt === undefined && (one.id === id || isExchangedFor(one, id)));
      for (const one of going) sessions.set(one.id, { ...one, revokedAt: now });
      return going.map((one) => one.id);
    },
    revokeBridgeSessionsOf: async () => 0,
    removeBridgeSessionsOver: async () => undefined,
  };
}

function isExchangedFor({ exchangedFor }: BridgeSession, id: string): boolean {
  return exchangedFor !== undefined && 'session' in exchangedFor && exchangedFor.session === id;
}

class Real {
  readonly clock = new ManualClock();
  readonly pairs: IssuedTokens[] = [];
  isFrozen = false;
  readonly #sessions: BridgeSessions;

  constructor() {
    const store = rows();
    const cache = { find: (id: string) => store.findBridgeSession(id), forget: () => undefined };
    this.#sessions = new BridgeSessions({ store, cache, clock: this.clock, random: systemRandom, log: SILENT });
  }

  async login(program: string): Promise<number> {
    return this.#numberOf(await this.#sessions.issue({ client: 'crm', connection: 'front-desk', clientId: program, lifetimes: LIFETIMES }));
  }

  async exchange({ accessToken }: IssuedTokens): Promise<number | string> {
    const told = await this.#told(async () => {
      const { id, clientId } = await this.#sessions.resolve(accessToken.reveal());
      if (clientId === RING_CX) return 'OAU-213';
      const asked = { client: 'crm', connection: 'front-desk', clientId: RING_CX, exchangedFor: { session: id }, lifetimes: LIFETIMES };
      return this.#numberOf(await this.#sessions.issue(asked));
    });
    await this.#sessions.settled();
    return told;
  }

  async use({ accessToken }: IssuedTokens): Promise<string> {
    const told = await this.#told(async () => {
      await this.#sessions.resolve(accessToken.reveal());
      return 'good';
    });
    await this.#sessions.settled();
    return told;
  }

  async refresh({ refreshToken }: IssuedTokens, program: string): Promise<number | string> {
    return this.#told(async () => this.#numberOf(await this.#sessions.refresh(refreshToken?.reveal() ?? '', this.#presenter(program), LIFETIMES)));
  }

  async revoke(pair: IssuedTokens, which: 'access' | 'refresh', program: string): Promise<void> {
    await this.#sessions.revoke((which === 'access' ? pair.accessToken : pair.refreshToken)?.reveal() ?? '', this.#presenter(program));
  }

  #presenter(clientId: string): Presenter {
    return {
      clientId,
      owns: async () => true,
      requireAllowed: async () => {
        if (this.isFrozen) throw new Frozen({ kind: 'all', name: '*' });
      },
    };
  }

  async #told<Result>(work: () => Promise<Result>): Promise<Result | string> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof BridgeTokenRefused) return error.platform.finer;
      if (error instanceof BridgeRefused) return error.errorCode;
      if (error instanceof Frozen) return error.code;
      throw error;
    }
  }

  /** A pair that has not been seen before gets the next number. */
  #numberOf(issued: IssuedTokens): number {
    const known = this.pairs.findIndex(({ accessToken }) => accessToken.equals(issued.accessToken));
    return known === -1 ? this.pairs.push(issued) - 1 : known;
  }
}

type Step =
  | { readonly do: 'login'; readonly program: string }
  | { readonly do: 'use'; readonly pick: number }
  | { readonly do: 'refresh'; readonly pick: number; readonly program: string }
  | { readonly do: 'revoke'; readonly pick: number; readonly which: 'access' | 'refresh'; readonly program: string }
  | { readonly do: 'exchange'; readonly pick: number }
  | { readonly do: 'freeze'; readonly isFrozen: boolean }
  | { readonly do: 'advance'; readonly ms: number };

const program = fc.oneof({ weight: 9, arbitrary: fc.constant('one') }, { weight: 3, arbitrary: fc.constantFrom(...PROGRAMS) });
// The last pairs are the ones that something happens to.
const pick = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1) }, { weight: 2, arbitrary: fc.nat({ max: 8 }) });
// About every boundary that there is, from both sides.
const ms = fc
  .tuple(fc.constantFrom(10 * SECOND, 10 * SECOND, HOUR, HOUR, 50 * MINUTE, 6 * DAY, 7 * DAY), fc.constantFrom(-1, 0, 0, 1))
  .map(([span, off]) => span + off);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('login' as const), program: fc.constantFrom('one', 'one', 'one', 'two') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('refresh' as const), pick, program }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), pick, which: fc.constantFrom('access' as const, 'refresh' as const), program }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('exchange' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze' as const), isFrozen: fc.oneof(fc.constant(false), fc.boolean()) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
);

test(
  'any sequence of login, use, refresh, repeat, exchange, revoke, emergency stop and waiting goes as the platform’s rules have it, down to the code',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), async (steps) => {
        const [model, real] = [new Model(), new Real()];
        for (const [index, taken] of steps.entries()) expect(await run(real, taken), `step ${index}`).toEqual(expected(model, taken));
      }),
      { numRuns: figures(500, 10_000) },
    );
  },
  figures(60_000, 1_200_000),
);

/** What the model says of a step: the number of a pair, how a token stands, or nothing. */
function expected(model: Model, taken: Step): unknown {
  if (taken.do === 'advance') {
    model.now += taken.ms;
    return undefined;
  }
  if (taken.do === 'freeze') {
    model.isFrozen = taken.isFrozen;
    return undefined;
  }
  if (taken.do === 'login') return model.login(taken.program);
  const number = model.pairs - 1 - taken.pick;
  if (number < 0) return undefined;
  if (taken.do === 'use') return model.use(number);
  if (taken.do === 'exchange') return model.exchange(number);
  return taken.do === 'refresh' ? model.refresh(number, taken.program) : model.revoke(number, taken.which, taken.program);
}

/** What the sessions make of it, in the same words. */
async function run(real: Real, taken: Step): Promise<unknown> {
  if (taken.do === 'advance') return real.clock.advance(taken.ms);
  if (taken.do === 'freeze') {
    real.isFrozen = taken.isFrozen;
    return undefined;
  }
  if (taken.do === 'login') return real.login(taken.program);
  const pair = real.pairs.at(-1 - taken.pick);
  if (!pair) return undefined;
  if (taken.do === 'use') return real.use(pair);
  if (taken.do === 'exchange') return real.exchange(pair);
  return taken.do === 'refresh' ? real.refresh(pair, taken.program) : real.revoke(pair, taken.which, taken.program);
}
