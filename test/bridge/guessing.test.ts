import { describe, expect, test } from 'vitest';
import { LegacyLogins } from '../../src/access/legacy-logins.ts';
import { hashPassword, PasswordChecks } from '../../src/access/password-checks.ts';
import { SlowHash } from '../../src/access/slow-hash.ts';
import { authenticateProgram, type Program } from '../../src/bridge/programs.ts';
import { type SignInParts, signInByPassword } from '../../src/bridge/sign-in.ts';
import type { Client, OwnedLogin } from '../../src/domain/client.ts';
import { LoginsBusy } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { sampleApp, sampleClient } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';
import { basic, bridgeWorld, PASSWORD_GRANT } from './world.ts';

const LOGIN: OwnedLogin = { client: 'old', program: '', username: '18889363711', extension: '101', passwordHash: 'right', connection: 'front-desk' };
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

/** A Client with a pair of its own, one without a secret, and an App, of all of which the secret is `right`. */
function programsAt() {
  const hashed: string[] = [];
  const slowHash = new SlowHash(async (stored, password) => {
    hashed.push(password);
    return stored === password;
  });
  const bridge = (clientId: string, secretHash?: string) => ({ clientId, secretHash, redirectUris: [], origins: [] });
  const clients = [sampleClient({ bridge: bridge('OwnKey', 'right') }), sampleClient({ bridge: bridge('PublicKey') })];
  const parts = {
    store: {
      listBridgeClients: async (clientId: string) => clients.filter((client) => client.bridge?.clientId === clientId),
      listAppsByClientId: async (clientId: string) => (clientId === 'AppKey' ? [sampleApp({ name: 'app', clientId })] : []),
      listClientSecrets: async () => [{ id: '1', createdAt: 0, inUse: true, secret: new Secret('right') }],
    },
    secrets: new PasswordChecks({ clock: new ManualClock(), random: systemRandom, slowHash }),
    clock: new ManualClock(),
  };
  const shows = (clientId: string, secret: string, address: string) =>
    authenticateProgram(parts, basic(clientId, secret), new Map(), address).then(
      () => 'in',
      () => 'refused',
    );
  return { shows, hashed };
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

  test('at the secret of a Client’s or an App’s client id is held back alike, and known secrets cost nothing', async () => {
    for (const clientId of ['OwnKey', 'AppKey']) {
      const { shows, hashed } = programsAt();
      for (let call = 0; call < 50; call += 1) await shows(clientId, 'right', '192.0.2.7');
      const known = hashed.length;
      for (let guess = 0; guess < 12; guess += 1) await shows(clientId, `guess-${guess}`, ATTACKER);

      expect([await shows(clientId, 'right', ATTACKER), await shows(clientId, 'right', '192.0.2.7')]).toEqual(['refused', 'in']);
      expect([known <= 1, hashed.length - known]).toEqual([true, 10]);
    }
  });

  test('a wrong secret costs the same with the client id of a Client, of an App, and of nobody', async () => {
    const { shows, hashed } = programsAt();

    for (const clientId of ['OwnKey', 'PublicKey', 'AppKey', 'NobodysKey']) expect(await shows(clientId, 'wrong', ATTACKER)).toBe('refused');

    expect(hashed).toEqual(['wrong', 'wrong', 'wrong', 'wrong']);
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

describe('refusals without end', () => {
  const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const FOREIGN = `tlb_${'x'.repeat(22)}R${'y'.repeat(43)}`;

  test.each([
    ['wrong passwords', { ...PASSWORD_GRANT, password: 'wrong' }],
    ['unknown JWTs', { grant_type: JWT, assertion: 'a.b.c' }],
    ['foreign refresh tokens', { grant_type: 'refresh_token', refresh_token: FOREIGN }],
    ['replayed codes', { grant_type: 'authorization_code', code: 'tlc_whatever' }],
  ])('after a hundred %s in a minute an address is told to wait, as the platform says it; whoever is right is let in, from there too', async (_what, form) => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    for (let count = 0; count < 100; count += 1) expect((await world.sendFrom('127.0.0.1', form)).status).toBe(400);
    await world.sandbox.setLimits({ scale: 1 });
    const theirs = [];
    for (let count = 0; count < 6; count += 1) theirs.push(await world.sendToPlatform(form));

    const late = await world.send(form);
    const elsewhere = await world.sendFrom('192.0.2.9', form);
    const good = await world.send({ grant_type: 'refresh_token', refresh_token: String(body.refresh_token) });
    world.clock.advance(60_000);
    const later = await world.send(form);

    expect([theirs.at(-1)?.status, late.status, late.headers.get('retry-after')]).toEqual([429, 429, '60']);
    expect(late.text).toBe(theirs.at(-1)?.text);
    expect([elsewhere.status, good.status, later.status]).toEqual([400, 200, 400]);
  });

  test('at RingCX’s routes are held back in RingCX’s words', async () => {
    const world = await bridgeWorld();
    for (let count = 0; count < 100; count += 1) await world.sendFrom('127.0.0.1', { rcAccessToken: FOREIGN }, '/api/auth/login/rc/accesstoken');

    const late = await world.sendFrom('127.0.0.1', { refresh_token: FOREIGN }, '/api/auth/token/refresh');

    expect([late.status, late.body]).toMatchObject([429, { errorCode: 'too.many.requests', generalMessage: 'Request rate exceeded' }]);
  });
});
