import { describe, expect, test } from 'vitest';
import { LegacyLogins, type LoginAttempt } from '../../src/access/legacy-logins.ts';
import { SlowHash } from '../../src/access/slow-hash.ts';
import type { OwnedLogin } from '../../src/domain/client.ts';
import { LoginsBusy, LoginUnknown } from '../../src/domain/errors.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { ManualClock } from '../manual-clock.ts';

const USER = '18889363711';
const NOBODY = '15555550199';
const RIGHT = 'old-secret';
const HOME = '192.0.2.7';
const ELSEWHERE = '198.51.100.4';
const ATTACKER = '203.0.113.9';
const MINUTE_MS = 60_000;

const LOGINS: readonly OwnedLogin[] = [
  { client: 'crm', program: '', username: USER, extension: '101', passwordHash: `hash of ${RIGHT}`, connection: 'front-desk' },
  { client: 'crm', program: '', username: USER, extension: '102', passwordHash: 'hash of another', connection: 'back-office' },
];

describe('44: guessing', () => {
  test('after 10 wrong passwords the slow hash is spared, and the right one is not looked at', async () => {
    const { guess, told, hashed } = logins();

    await guess(12, ATTACKER);
    const right = await told(RIGHT, ATTACKER);

    expect(hashed).toHaveLength(10);
    expect(right).toBe('LoginUnknown');
  });

  test('unknown users are counted as known ones are: alike in answer and in what they cost', async () => {
    const known = logins();
    const unknown = logins();

    const answers = [await known.guess(15, ATTACKER), await unknown.guess(15, ATTACKER, NOBODY)];

    expect(answers[0]).toEqual(answers[1]);
    expect(unknown.hashed.length).toBe(known.hashed.length);
  });

  test('extensions of one user name are guessed at together, known or not', async () => {
    const { told, hashed } = logins();

    for (let extension = 100; extension < 120; extension += 1) await told('1234', ATTACKER, USER, String(extension));

    expect(hashed).toHaveLength(10);
  });

  test('the right password from elsewhere gets in, and nothing is locked', async () => {
    const { guess, told } = logins();

    await guess(1_000, ATTACKER);

    expect(await told(RIGHT, ELSEWHERE)).toBe('front-desk');
  });

  test('a program at its own address is not held up by anybody elsewhere, before its first login or after it', async () => {
    const { guess, told } = logins();

    await guess(1_000, ATTACKER);
    const first = await told(RIGHT, HOME);
    await guess(1_000, ATTACKER);
    const later = await told(RIGHT, HOME);

    expect([first, later]).toEqual(['front-desk', 'front-desk']);
  });

  test('a program at an address that it shares with a guesser stays logged in through 299 guesses, and soon after more', async () => {
    const { guess, told, clock } = logins();
    await told(RIGHT, HOME);

    await guess(299, HOME);
    const during = await told(RIGHT, HOME);
    await guess(50, HOME, USER, 1_000);
    const spoilt = await told(RIGHT, HOME);
    clock.advance(10_000);
    const soon = await told(RIGHT, HOME);

    expect([during, spoilt, soon]).toEqual(['front-desk', 'LoginUnknown', 'front-desk']);
  });

  test('time makes room for one guess a minute', async () => {
    const { guess, told, clock, hashed } = logins();
    await guess(20, ATTACKER);

    clock.advance(MINUTE_MS - 1);
    await guess(5, ATTACKER, USER, 100);
    const before = hashed.length;
    clock.advance(1);
    await guess(5, ATTACKER, USER, 200);
    const after = hashed.length;
    clock.advance(MINUTE_MS);

    expect([before, after]).toEqual([10, 11]);
    expect(await told(RIGHT, ATTACKER)).toBe('front-desk');
  });

  test('a clock that was set back makes no room, and takes none', async () => {
    const { guess, clock, hashed } = logins();
    await guess(10, ATTACKER);

    clock.advance(-60 * MINUTE_MS);
    await guess(5, ATTACKER, USER, 100);
    clock.advance(MINUTE_MS);
    await guess(5, ATTACKER, USER, 200);

    expect(hashed).toHaveLength(11);
  });

  test('one address may guess 100 times, however many users it tries', async () => {
    const { told, hashed } = logins();

    for (let user = 0; user < 150; user += 1) await told('1234', ATTACKER, `1555555${1_000 + user}`);

    expect(hashed).toHaveLength(100);
    expect(await told(RIGHT, ATTACKER)).toBe('LoginUnknown');
    expect(await told(RIGHT, ELSEWHERE)).toBe('front-desk');
  });

  test('many addresses that guess at one user have one guess each once they were 100, and the right password gets in', async () => {
    const { guess, told, hashed } = logins();

    for (let address = 1; address <= 10; address += 1) await guess(10, `203.0.113.${address}`);
    for (let address = 11; address <= 30; address += 1) await guess(10, `203.0.113.${address}`);

    expect(hashed).toHaveLength(120);
    expect(await told(RIGHT, ELSEWHERE)).toBe('front-desk');
  });

  test.each([
    ['an IPv6 network', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9'],
    ['an IPv4 address written as IPv6', '203.0.113.9', '::ffff:203.0.113.9'],
  ])('%s is one source', async (_what, one, other) => {
    const { guess, hashed } = logins();

    await guess(10, one);
    await guess(10, other, USER, 100);

    expect(hashed).toHaveLength(10);
  });

  test('a program nobody told of a new password costs one hash, and uses up nobody’s guesses', async () => {
    const { told, hashed } = logins();

    for (let times = 0; times < 100; times += 1) expect(await told('older-secret', HOME)).toBe('LoginUnknown');

    expect(hashed).toHaveLength(1);
    expect(await told(RIGHT, HOME)).toBe('front-desk');
  });

  test('a wrong password that becomes the right one is right at once', async () => {
    const stored = LOGINS.map((login) => ({ ...login }));
    const { told } = logins({ stored });
    await told('new-secret', HOME);

    stored[0]!.passwordHash = 'hash of new-secret';

    expect(await told('new-secret', HOME)).toBe('front-desk');
    expect(await told(RIGHT, HOME)).toBe('LoginUnknown');
  });

  test('fifty windows that open at once are one guess, and all get in', async () => {
    const { told, hashed } = logins();

    const answers = await Promise.all(Array.from({ length: 50 }, () => told(RIGHT, HOME)));

    expect(new Set(answers)).toEqual(new Set(['front-desk']));
    expect(hashed).toHaveLength(1);
  });

  test('guesses that are made at once are counted before they are answered', async () => {
    const { told, hashed } = logins();

    await Promise.all(Array.from({ length: 50 }, (_, position) => told(`guess ${position}`, ATTACKER)));

    expect(hashed).toHaveLength(10);
  });

  test('a flood of users and addresses does not make a program forgotten that has shown its password', async () => {
    const { told, guess } = logins();
    await told(RIGHT, HOME);

    for (let address = 0; address < 11_000; address += 1) await told('1234', `10.0.${address >> 8}.${address & 255}`, `1555${1_000_000 + address}`);
    await guess(20, HOME);

    expect(await told(RIGHT, HOME)).toBe('front-desk');
  });
});

describe('44: the slow hash', () => {
  test('runs twice at once, 32 wait, and over that logins are busy', async () => {
    const held = holdHash();
    const { told } = logins({ verify: held.verify });
    const asked = Array.from({ length: 40 }, (_, address) => told('1234', `10.0.0.${address}`));
    await expect.poll(() => held.running()).toBe(2);

    await held.releaseAll();
    const answers = await Promise.all(asked);

    expect(held.most()).toBe(2);
    expect(answers.filter((answer) => answer === 'LoginsBusy')).toHaveLength(6);
    expect(answers.filter((answer) => answer === 'LoginUnknown')).toHaveLength(34);
  });

  test('a password that is remembered does not wait for it', async () => {
    const held = holdHash();
    const { told } = logins({ verify: held.verify });
    const first = told(RIGHT, HOME);
    await expect.poll(() => held.running()).toBe(1);
    await held.releaseAll();
    await first;

    const flood = Array.from({ length: 40 }, (_, address) => told('1234', `10.0.0.${address}`));
    await expect.poll(() => held.running()).toBe(2);

    expect(await told(RIGHT, HOME)).toBe('front-desk');
    await held.releaseAll();
    await Promise.all(flood);
  });

  test('an attempt that was not looked at is no guess', async () => {
    const fails = new SlowHash(async () => {
      throw new LoginsBusy();
    });
    const { told, use } = logins({ slowHash: fails });
    for (let times = 0; times < 50; times += 1) expect(await told(`guess ${times}`, HOME)).toBe('LoginsBusy');

    use.works = true;

    expect(await told(RIGHT, HOME)).toBe('front-desk');
  });

  test('a hash that fails gives its place back', async () => {
    const slowHash = new SlowHash(async (stored) => {
      if (stored === 'broken') throw new TypeError('broken');
      return true;
    });

    const verdicts = await Promise.allSettled(['broken', 'broken', 'broken', 'good'].map((stored) => slowHash.verify(stored, '')));

    expect(verdicts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });

  test('an unknown user and a wrong password cost the same, from the first one on', async () => {
    const calls: string[] = [];
    const { told } = logins({
      verify: async (stored) => {
        calls.push(stored.startsWith('$argon2id$v=19$m=19456,t=2,p=1$') ? 'decoy' : 'stored');
        return false;
      },
    });

    const answers = [await told('1234', HOME, NOBODY), await told('1234', HOME)];

    expect(answers).toEqual(['LoginUnknown', 'LoginUnknown']);
    expect(calls).toEqual(['decoy', 'stored']);
  });
});

/** Legacy logins on a clock moved by hand; the hash is one that can be counted. */
function logins(given: { stored?: readonly OwnedLogin[]; verify?: (stored: string, password: string) => Promise<boolean>; slowHash?: SlowHash } = {}) {
  const clock = new ManualClock();
  const hashed: string[] = [];
  const use = { works: false };
  const compare = async (stored: string, password: string): Promise<boolean> => {
    hashed.push(password);
    return stored === `hash of ${password}`;
  };
  const counted = new SlowHash(given.verify ?? compare);
  const slowHash = { verify: (stored: string, password: string) => (use.works ? counted : (given.slowHash ?? counted)).verify(stored, password) };
  const service = new LegacyLogins({
    store: { listLogins: async (username) => (given.stored ?? LOGINS).filter((login) => login.username === username) },
    clock,
    random: systemRandom,
    country: 'US',
    slowHash,
  });
  /** The Connection that an attempt leads to, or the name of the error. */
  const told = async (password: string, address: string, username = USER, extension = '101'): Promise<string> => {
    const attempt: LoginAttempt = { username, extension, password };
    try {
      return (await service.findLegacyLogin(attempt, address)).connection;
    } catch (error) {
      if (error instanceof LoginUnknown || error instanceof LoginsBusy) return error.name;
      throw error;
    }
  };
  return {
    clock,
    hashed,
    use,
    told,
    /** Tries so many different wrong passwords, one after the other. */
    guess: async (count: number, address: string, username = USER, from = 0): Promise<string[]> => {
      const answers: string[] = [];
      for (let number = from; number < from + count; number += 1) answers.push(await told(`wrong ${number}`, address, username));
      return answers;
    },
  };
}

/** A hash that is done when the test says. */
function holdHash() {
  const held: (() => void)[] = [];
  let most = 0;
  let running = 0;
  return {
    verify: async (stored: string, password: string): Promise<boolean> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => held.push(resolve));
      running -= 1;
      return stored === `hash of ${password}`;
    },
    running: () => running,
    most: () => most,
    /** Lets all of them end that are there, and come within a while. */
    releaseAll: async () => {
      for (let rounds = 0; rounds < 200; rounds += 1) {
        for (const done of held.splice(0)) done();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
