import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { figures } from '../../../test/chaos/world.ts';
import { APP, basic, EXTENSION, FRONT_DESK, OTHER_APP, REVOKE, StillClock, TOKEN } from '../../../test/sandbox-world.ts';
import { systemRandom } from '../../runtime/random.ts';
import { DEMO_DATA } from '../demo.ts';
import { usualFirstDay } from '../first-day.ts';
import { forgetfulJournal } from '../forgetful-journal.ts';
import { answerPlatform, loadEverything } from '../platform.ts';
import type { Answer } from '../wire/answer.ts';
import { PlatformRequest } from '../wire/platform-request.ts';
import { World } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A pair of tokens as the model knows them: by its number. */
interface ModelPair {
  readonly number: number;
  readonly issuedAt: number;
  usedAt?: number;
}

interface ModelSession {
  readonly app: string;
  current: ModelPair;
  previous?: ModelPair;
  isEnded: boolean;
}

/**
 * The token rules as RingCentral's documents have them, written without a look at the code: access tokens of an hour, refresh
 * tokens of seven days for one use, the old pair's grace, five sessions per user and app.
 */
class Model {
  now = 0;
  pairs = 0;
  readonly sessions: ModelSession[] = [];

  /** @returns the number of the pair that is issued */
  login(app: string): number {
    const living = this.sessions.filter((session) => session.app === app && this.#lives(session));
    if (living.length === 5) living[0]!.isEnded = true;
    this.sessions.push({ app, current: this.#pair(), isEnded: false });
    return this.pairs - 1;
  }

  /** Whether an access token is good. */
  use(number: number): boolean {
    const session = this.sessions.find(({ current }) => current.number === number);
    if (!session || session.isEnded || this.now >= session.current.issuedAt + HOUR) return false;
    session.current.usedAt ??= this.now;
    return true;
  }

  /** @returns the number of the pair that it brings, if any */
  refresh(number: number, app: string): number | undefined {
    const session = this.sessions.find(({ current, previous }) => current.number === number || previous?.number === number);
    if (!session || session.isEnded || session.app !== app) return undefined;
    const { current, previous } = session;
    if (previous?.number === number) return this.#isInGrace(current) && this.now < previous.issuedAt + 7 * DAY ? current.number : undefined;
    if (this.now >= current.issuedAt + 7 * DAY) return undefined;
    session.previous = current;
    session.current = this.#pair();
    return session.current.number;
  }

  revoke(number: number, which: 'access' | 'refresh', app: string): void {
    for (const session of this.sessions.filter((one) => one.app === app)) {
      const isCurrent = session.current.number === number;
      const isOldRefresh = which === 'refresh' && session.previous?.number === number && this.#isInGrace(session.current);
      if (isCurrent || isOldRefresh) session.isEnded = true;
    }
  }

  #pair(): ModelPair {
    this.pairs += 1;
    return { number: this.pairs - 1, issuedAt: this.now };
  }

  #lives({ isEnded, current }: ModelSession): boolean {
    return !isEnded && this.now < current.issuedAt + 7 * DAY;
  }

  #isInGrace({ issuedAt, usedAt }: ModelPair): boolean {
    return this.now < issuedAt + HOUR && (usedAt === undefined || this.now < usedAt + 10 * SECOND);
  }
}

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** The sandbox without a network. */
class Real {
  readonly pairs: Pair[] = [];
  readonly #world: World;

  constructor() {
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    this.#world = new World({
      firstDay: usualFirstDay(DEMO_DATA, 'platform'),
      clock: new StillClock(),
      random: systemRandom,
      log,
      journal: forgetfulJournal(),
      fetch: () => Promise.reject(new Error('nobody is called')),
    });
    this.#world.settings.set({ clockOffsetMs: 0, limitScale: 0 });
  }

  advance(ms: number): void {
    const settings = this.#world.settings.current;
    this.#world.settings.set({ ...settings, clockOffsetMs: settings.clockOffsetMs + ms });
  }

  post(path: string, form: Readonly<Record<string, string>>, app: string): Answer {
    const headers = { authorization: basic(app), 'content-type': 'application/x-www-form-urlencoded' };
    return this.#answer('POST', path, headers, new URLSearchParams(form).toString());
  }

  get(path: string, token: string): Answer {
    return this.#answer('GET', path, { authorization: `Bearer ${token}` }, '');
  }

  #answer(method: string, path: string, headers: Record<string, string>, body: string): Answer {
    const answer = answerPlatform(this.#world, new PlatformRequest({ method, path, query: '', headers }, Buffer.from(body)));
    if (answer instanceof Promise) throw new Error('signing in waits for nobody');
    return answer;
  }
}

type Step =
  | { readonly do: 'login'; readonly app: string }
  | { readonly do: 'use'; readonly pick: number }
  | { readonly do: 'refresh'; readonly pick: number; readonly app: string }
  | { readonly do: 'revoke'; readonly pick: number; readonly which: 'access' | 'refresh'; readonly app: string }
  | { readonly do: 'advance'; readonly ms: number };

const app = fc.oneof({ weight: 9, arbitrary: fc.constant(APP) }, { weight: 1, arbitrary: fc.constant(OTHER_APP) });
// The last pairs are the ones that something happens to.
const pick = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1) }, { weight: 2, arbitrary: fc.nat({ max: 12 }) });
// About every boundary that there is, from both sides.
const ms = fc
  .tuple(fc.constantFrom(10 * SECOND, 10 * SECOND, HOUR, HOUR, 50 * MINUTE, 6 * DAY, 7 * DAY), fc.constantFrom(-1, 0, 0, 1))
  .map(([span, off]) => span + off);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('login' as const), app }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('refresh' as const), pick, app }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), pick, which: fc.constantFrom('access' as const, 'refresh' as const), app }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
);

// The first request that wants what is loaded late waits for it; here nobody waits.
beforeAll(async () => void (await loadEverything()));

test(
  'any sequence of login, use, refresh, repeat, revoke and waiting goes as the documented rules have it',
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
        const model = new Model();
        const real = new Real();
        for (const [index, taken] of steps.entries()) expect(run(real, taken), `step ${index}`).toEqual(expected(model, taken));
      }),
      { numRuns: figures(500, 10_000) },
    );
  },
  figures(60_000, 1_200_000),
);

/** What the model says of a step: the number of a pair, whether a token is good, or nothing. */
function expected(model: Model, taken: Step): unknown {
  if (taken.do === 'advance') {
    model.now += taken.ms;
    return undefined;
  }
  if (taken.do === 'login') return model.login(taken.app);
  const number = model.pairs - 1 - taken.pick;
  if (number < 0) return undefined;
  if (taken.do === 'use') return model.use(number);
  return taken.do === 'refresh' ? model.refresh(number, taken.app) : model.revoke(number, taken.which, taken.app);
}

/** What the sandbox makes of it, in the same words. */
function run(real: Real, taken: Step): unknown {
  if (taken.do === 'advance') return real.advance(taken.ms);
  if (taken.do === 'login') return numberOf(real, real.post(TOKEN, FRONT_DESK, taken.app));
  const pair = real.pairs.at(-1 - taken.pick);
  if (!pair) return undefined;
  if (taken.do === 'use') return real.get(EXTENSION, pair.access_token).status === 200;
  if (taken.do === 'refresh') return numberOf(real, real.post(TOKEN, { grant_type: 'refresh_token', refresh_token: pair.refresh_token }, taken.app));
  expect(real.post(REVOKE, { token: pair[`${taken.which}_token`] }, taken.app).status).toBe(200);
  return undefined;
}

/** A pair that has not been seen before gets the next number. */
function numberOf(real: Real, answer: Answer): number | undefined {
  if (answer.status !== 200) return undefined;
  const pair = JSON.parse(String(answer.body)) as Pair;
  const known = real.pairs.findIndex(({ access_token }) => access_token === pair.access_token);
  return known === -1 ? real.pairs.push(pair) - 1 : known;
}
