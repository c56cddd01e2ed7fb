import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BridgeRefused } from '../../src/bridge/refusal.ts';
import { BridgeSessions, type IssuedTokens, type Presenter } from '../../src/bridge/sessions.ts';
import type { BridgeSession } from '../../src/domain/bridge-session.ts';
import { BridgeTokenRefused } from '../../src/domain/errors.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { figures } from '../figures.ts';
import { ManualClock } from '../manual-clock.ts';
import { SILENT } from '../silent-log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LIFETIMES = { accessMs: HOUR, refreshMs: 7 * DAY };
const PROGRAMS = ['one', 'two'];

interface ModelPair {
  readonly number: number;
  readonly issuedAt: number;
  usedAt?: number;
}

interface ModelSession {
  readonly program: string;
  current: ModelPair;
  previous?: ModelPair;
  isEnded: boolean;
}

/** The documented rules for tokens, without a limit of sessions, in as few words as they take. */
class Model {
  now = 0;
  pairs = 0;
  readonly sessions: ModelSession[] = [];

  login(program: string): number {
    const current = this.#pair();
    this.sessions.push({ program, current, isEnded: false });
    return current.number;
  }

  use(number: number): string {
    const session = this.sessions.find(({ current, previous }) => current.number === number || previous?.number === number);
    if (!session || session.isEnded) return 'OAU-213';
    const { current } = session;
    if (current.number !== number) return this.now < current.issuedAt + 10 * SECOND ? 'OAU-129' : 'OAU-213';
    if (this.now >= current.issuedAt + HOUR) return 'OAU-128';
    current.usedAt ??= this.now;
    return 'good';
  }

  refresh(number: number, program: string): number | string {
    const session = this.sessions.find((one) => one.program === program && (one.current.number === number || one.previous?.number === number));
    if (!session) return 'OAU-213';
    const { current, previous } = session;
    if (previous?.number === number) {
      if (!this.#isInGrace(current)) return 'OAU-213';
      if (session.isEnded) return 'OAU-211';
      return this.now < previous.issuedAt + 7 * DAY ? current.number : 'OAU-210';
    }
    if (session.isEnded) return 'OAU-211';
    if (this.now >= current.issuedAt + 7 * DAY) return 'OAU-210';
    session.previous = current;
    session.current = this.#pair();
    return session.current.number;
  }

  revoke(number: number, which: 'access' | 'refresh', program: string): void {
    for (const session of this.sessions.filter((one) => one.program === program)) {
      const isOldRefresh = which === 'refresh' && session.previous?.number === number && this.#isInGrace(session.current);
      if (session.current.number === number || isOldRefresh) session.isEnded = true;
    }
  }

  #pair(): ModelPair {
    this.pairs += 1;
    return { number: this.pairs - 1, issuedAt: this.now };
  }

  #isInGrace({ issuedAt, usedAt }: ModelPair): boolean {
    return this.now < issuedAt + HOUR && (usedAt === undefined || this.now < usedAt + 10 * SECOND);
  }
}

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
      const known = sessions.get(id);
      if (!known || known.revokedAt !== undefined) return [];
      sessions.set(id, { ...known, revokedAt: now });
      return [id];
    },
    revokeBridgeSessionsOf: async () => 0,
    removeBridgeSessionsOver: async () => undefined,
  };
}

const presenter = (clientId: string): Presenter => ({ clientId, owns: async () => true, requireAllowed: async () => undefined });

class Real {
  readonly clock = new ManualClock();
  readonly pairs: IssuedTokens[] = [];
  readonly #sessions: BridgeSessions;

  constructor() {
    const store = rows();
    const cache = { find: (id: string) => store.findBridgeSession(id), forget: () => undefined };
    this.#sessions = new BridgeSessions({ store, cache, clock: this.clock, random: systemRandom, log: SILENT });
  }

  async login(program: string): Promise<number> {
    return this.#numberOf(await this.#sessions.issue({ client: 'crm', connection: 'front-desk', clientId: program, lifetimes: LIFETIMES }));
  }

  async use({ accessToken }: IssuedTokens): Promise<string> {
    try {
      await this.#sessions.resolve(accessToken.reveal());
      return 'good';
    } catch (error) {
      if (error instanceof BridgeTokenRefused) return error.platform.finer;
      throw error;
    } finally {
      await this.#sessions.settled();
    }
  }

  async refresh({ refreshToken }: IssuedTokens, program: string): Promise<number | string> {
    try {
      return this.#numberOf(await this.#sessions.refresh(refreshToken?.reveal() ?? '', presenter(program), LIFETIMES));
    } catch (error) {
      if (error instanceof BridgeRefused) return error.errorCode;
      throw error;
    }
  }

  async revoke(pair: IssuedTokens, which: 'access' | 'refresh', program: string): Promise<void> {
    await this.#sessions.revoke((which === 'access' ? pair.accessToken : pair.refreshToken)?.reveal() ?? '', presenter(program));
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
  | { readonly do: 'advance'; readonly ms: number };

const program = fc.oneof({ weight: 9, arbitrary: fc.constant('one') }, { weight: 1, arbitrary: fc.constantFrom(...PROGRAMS) });
// The last pairs are the ones that something happens to.
const pick = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1) }, { weight: 2, arbitrary: fc.nat({ max: 8 }) });
// About every boundary that there is, from both sides.
const ms = fc
  .tuple(fc.constantFrom(10 * SECOND, 10 * SECOND, HOUR, HOUR, 50 * MINUTE, 6 * DAY, 7 * DAY), fc.constantFrom(-1, 0, 0, 1))
  .map(([span, off]) => span + off);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('login' as const), program }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('refresh' as const), pick, program }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), pick, which: fc.constantFrom('access' as const, 'refresh' as const), program }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
);

test(
  'any sequence of login, use, refresh, repeat, revoke and waiting goes as the platform’s rules have it, down to the code',
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
  if (taken.do === 'login') return model.login(taken.program);
  const number = model.pairs - 1 - taken.pick;
  if (number < 0) return undefined;
  if (taken.do === 'use') return model.use(number);
  return taken.do === 'refresh' ? model.refresh(number, taken.program) : model.revoke(number, taken.which, taken.program);
}

/** What the sessions make of it, in the same words. */
async function run(real: Real, taken: Step): Promise<unknown> {
  if (taken.do === 'advance') return real.clock.advance(taken.ms);
  if (taken.do === 'login') return real.login(taken.program);
  const pair = real.pairs.at(-1 - taken.pick);
  if (!pair) return undefined;
  if (taken.do === 'use') return real.use(pair);
  return taken.do === 'refresh' ? real.refresh(pair, taken.program) : real.revoke(pair, taken.which, taken.program);
}
