import { describe, expect, test } from 'vitest';
import { LegacyLogins } from '../../src/access/legacy-logins.ts';
import { hashPassword, PasswordChecks } from '../../src/access/password-checks.ts';
import { SlowHash } from '../../src/access/slow-hash.ts';
import { authenticateProgram, type Program } from '../../src/bridge/programs.ts';
import { type SignInParts, signInByPassword } from '../../src/bridge/sign-in.ts';
import type { Client, OwnedLogin } from '../../src/domain/client.ts';
import { LoginsBusy } from '../../src/domain/errors.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { sampleClient } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';
import { basic, bridgeWorld, PASSWORD_GRANT } from './world.ts';

const LOGIN: OwnedLogin = { client: 'old', username: '18889363711', extension: '101', passwordHash: 'right', connection: 'front-desk' };
const PROGRAM: Program = { clientId: 'YourAppKey', clients: undefined };
const ATTACKER = '203.0.113.9';

/** Passwords that are their own hash, so that it shows what is paid for. */
function signingIn(client: Partial<Client> = {}) {
  const hashed: string[] = [];
  const slowHash = {
    verify: async (stored: string, password: string) => {
      hashed.push(password);
      return stored === password;
    },
  };
  const clock = new ManualClock();
  const store = { listLogins: async (name: string) => (name === LOGIN.username ? [LOGIN] : []) };
  const parts: SignInParts = {
    logins: new LegacyLogins({ store, clock, random: systemRandom, country: 'US', slowHash }),
    clients: { findClient: async (name) => (name === 'old' ? sampleClient({ name, ...client }) : undefined) },
    store: { listClientsOf: async () => [], listConnectionsByAssertion: async () => [] },
    clock,
  };
  const told = async (username: string, password: string, address = ATTACKER) => {
    const form = new Map([
      ['username', username],
      ['password', password],
      ['extension', '101'],
    ]);
    const outcome: unknown = await signInByPassword(parts, PROGRAM, form, address).catch((error: unknown) => error);
    return outcome instanceof Error ? JSON.stringify((outcome as Error & { body: object }).body) : 'in';
  };
  return { told, hashed };
}

describe('guessing at the Bridge', () => {
  test('a wrong password, an unknown user and one who is not for this program are told alike, and cost the same', async () => {
    const [known, other] = [signingIn(), signingIn({ bridge: { clientId: 'its-own', secretHash: undefined, redirectUris: [], origins: [] } })];

    const answers = [await known.told('+18889363711', 'wrong'), await known.told('+15555550199', 'wrong'), await other.told('+18889363711', 'right')];

    expect(new Set(answers).size).toBe(1);
    expect([known.hashed, other.hashed]).toEqual([['wrong', 'wrong'], ['right']]);
  });

  test('after ten wrong passwords the next one is not looked at, nor the right one; from elsewhere that gets in', async () => {
    const { told, hashed } = signingIn();
    for (let guess = 0; guess < 12; guess += 1) await told('+18889363711', `guess-${guess}`);

    const right = [await told('18889363711', 'right'), await told('18889363711', 'right', '192.0.2.7')];

    expect(right).toEqual([expect.stringContaining('OAU-140'), 'in']);
    expect(hashed).toHaveLength(11);
  });

  test('and at the old API there are the same ten: both count the same logins', async () => {
    const world = await bridgeWorld();
    for (let guess = 0; guess < 10; guess += 1) await world.send({ ...PASSWORD_GRANT, password: `guess-${guess}` });

    const right = await world.send(PASSWORD_GRANT);

    expect([right.status, right.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('at the secret of a client id is held back alike, and known secrets cost nothing', async () => {
    const hashed: string[] = [];
    const slowHash = new SlowHash(async (stored, password) => {
      hashed.push(password);
      return stored === password;
    });
    const client = sampleClient({ bridge: { clientId: 'OwnKey', secretHash: 'right', redirectUris: [], origins: [] } });
    const parts = {
      store: { listBridgeClients: async () => [client], listAppsByClientId: async () => [], listClientSecrets: async () => [] },
      secrets: new PasswordChecks({ clock: new ManualClock(), random: systemRandom, slowHash }),
      clock: new ManualClock(),
    };
    const shows = (secret: string, address: string) =>
      authenticateProgram(parts, basic('OwnKey', secret), new Map(), address).then(
        () => 'in',
        () => 'refused',
      );
    for (let call = 0; call < 50; call += 1) await shows('right', '192.0.2.7');
    for (let guess = 0; guess < 12; guess += 1) await shows(`guess-${guess}`, ATTACKER);

    expect([await shows('right', ATTACKER), await shows('right', '192.0.2.7')]).toEqual(['refused', 'in']);
    expect(hashed).toHaveLength(11);
  });

  test('a thousand programs with passwords of their own that start at once are all let in', async () => {
    const logins = Array.from({ length: 1_000 }, (_, index) => ({ ...LOGIN, username: String(15_555_550_000 + index), passwordHash: `password-${index}` }));
    const clock = new ManualClock();
    const slowHash = new SlowHash(async (stored, password) => {
      await new Promise((resolve) => setImmediate(resolve));
      return stored === password;
    });
    let busy = 0;
    const parts: SignInParts = {
      logins: new LegacyLogins({
        store: { listLogins: async (name) => logins.filter(({ username }) => username === name) },
        clock,
        random: systemRandom,
        country: 'US',
        slowHash: {
          verify: (stored, password) =>
            slowHash.verify(stored, password).catch((error: unknown) => {
              if (error instanceof LoginsBusy) busy += 1;
              throw error;
            }),
        },
      }),
      clients: { findClient: async (name) => sampleClient({ name }) },
      store: { listClientsOf: async () => [], listConnectionsByAssertion: async () => [] },
      clock: { sleep: () => new Promise((resolve) => setTimeout(resolve, 20)) },
    };
    const starts = logins.map(({ username, passwordHash }, index) => {
      const form = new Map([
        ['username', username],
        ['password', String(passwordHash)],
        ['extension', '101'],
      ]);
      return signInByPassword(parts, PROGRAM, form, `192.0.2.${index % 250}`);
    });

    const owners = await Promise.all(starts);

    expect(new Set(owners.map(({ connection }) => connection))).toEqual(new Set(['front-desk']));
    expect(busy).toBeGreaterThan(0);
  });
});

test('a password is stored as Argon2id', async () => {
  expect(await hashPassword('x')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
