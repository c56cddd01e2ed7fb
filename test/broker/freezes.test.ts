import { describe, expect, test } from 'vitest';
import { Freezes } from '../../src/broker/freezes.ts';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { ManualClock } from '../manual-clock.ts';
import { SILENT } from '../silent-log.ts';
import { TOKEN_PATH, until, world } from '../world.ts';

const HOUR_MS = 3_600_000;
const BY = { by: 'admin' };
const FROZEN = { code: 'frozen', status: 503, retryAfterMs: 30_000 };
const READ = { method: 'GET', path: '/restapi/v1.0/account/~/extension/~', permission: 'ReadAccounts' } as const;

describe('what is frozen', () => {
  test.each([
    ['a Connection', 'connection', 'front-desk'],
    ['its App', 'app', 'demo'],
    ['everything', 'all', undefined],
  ] as const)('22: %s: no token, no call, no Refresh; thawed, it works at once with the Grant it had', async (_what, kind, name) => {
    const { freezes, tokens, call, connections, sandbox, clock, store } = await world();
    const before = await tokens.usableGrant('front-desk');

    await freezes.freeze(kind, name, BY);
    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject(FROZEN);
    await expect(tokens.newerGrant(before)).rejects.toMatchObject(FROZEN);
    await expect(call('front-desk', READ)).rejects.toMatchObject(FROZEN);
    clock.advance(HOUR_MS);
    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject(FROZEN);
    const asked = sandbox.requests().length;
    const { state } = await connections.getConnection('front-desk');
    const kept = await store.findGrant('front-desk');
    await freezes.thaw(kind, name);
    const after = await tokens.usableGrant('front-desk');

    expect(asked).toBe(1);
    expect(state).toBe('frozen');
    expect(kept?.refreshToken?.equals(before.refreshToken ?? before.accessToken)).toBe(true);
    expect(after.generation).toBe(2);
  });

  test('the others go on', async () => {
    const { freezes, tokens, connections } = await world({ connections: ['front-desk', 'back-office'] });

    await freezes.freeze('connection', 'front-desk', BY);

    expect((await tokens.usableGrant('back-office')).generation).toBe(1);
    expect((await connections.getConnection('back-office')).state).toBe('ready');
  });

  test('a Refresh under way is finished and saved; nobody gets its token until the stop ends', async () => {
    const { freezes, tokens, sandbox, clock, store, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 100 } });

    const asking = tokens.usableGrant('front-desk');
    await until(() => tokenRequests().length === 2);
    await freezes.freeze('connection', 'front-desk', BY);
    clock.advance(100);
    await expect(asking).rejects.toMatchObject(FROZEN);
    const saved = await store.findGrant('front-desk');
    await freezes.thaw('connection', 'front-desk');

    expect(saved?.generation).toBe(2);
    expect((await tokens.usableGrant('front-desk')).generation).toBe(2);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test('the App that a Grant was won with stops it too, though the Connection has another', async () => {
    const { freezes, tokens, apps, connections, sandbox } = await world({ connections: [] });
    const { clientId, clientSecret, user } = secondApp();
    await apps.createApp({ name: 'second', platformOrigin: sandbox.origin, clientId, clientSecret });
    await connections.createConnection({ name: 'moved', app: 'demo', credentials: [{ ...user, app: 'second' }] });
    await tokens.usableGrant('moved');

    await freezes.freeze('app', 'second', BY);

    await expect(tokens.usableGrant('moved')).rejects.toMatchObject(FROZEN);
    expect((await connections.getConnection('moved')).state).toBe('frozen');
  });

  test('a credential of a frozen App is not presented, and its Connection is not taken for dead', async () => {
    const { freezes, tokens, apps, connections, sandbox } = await world({ connections: [] });
    const { clientId, clientSecret, user } = secondApp();
    await apps.createApp({ name: 'second', platformOrigin: sandbox.origin, clientId, clientSecret });
    await connections.createConnection({ name: 'moved', app: 'demo', credentials: [{ ...user, app: 'second' }] });
    await freezes.freeze('app', 'second', BY);

    await expect(tokens.usableGrant('moved')).rejects.toMatchObject(FROZEN);
    await freezes.thaw('app', 'second');

    expect(sandbox.requests()).toEqual([]);
    expect((await tokens.usableGrant('moved')).generation).toBe(1);
  });

  test('a frozen Connection may be kept from dying; for a frozen App, or where everything is frozen, nothing leaves', async () => {
    const { freezes } = await world();

    const free = freezes.mayKeepAlive('demo');
    await freezes.freeze('connection', 'front-desk', BY);
    const connection = freezes.mayKeepAlive('demo');
    await freezes.freeze('app', 'demo', BY);
    const app = freezes.mayKeepAlive('demo');
    await freezes.thaw('app', 'demo');
    await freezes.freeze('all', undefined, BY);

    expect([free, connection, app, freezes.mayKeepAlive('demo')]).toEqual([true, true, false, false]);
  });
});

describe('the set of freezes', () => {
  const log = SILENT;

  test('that cannot be read at start lets nothing start', async () => {
    const { store } = await world();
    const failing = {
      ...store,
      listFreezes: async () => {
        throw new StoreUnavailable('it is away');
      },
    };

    await expect(Freezes.open({ store: failing, clock: new ManualClock(), log })).rejects.toBeInstanceOf(StoreUnavailable);
  });

  test('that cannot be read later stands as it was known last, and is read again until it can be', async () => {
    const { store, freezes } = await world();
    await freezes.freeze('connection', 'front-desk', BY);
    const clock = new ManualClock();
    let away = false;
    let tell = (_change: 'everything'): void => undefined;
    const other = await Freezes.open({
      store: {
        ...store,
        listFreezes: async () => {
          if (away) throw new StoreUnavailable('it is away');
          return store.listFreezes();
        },
        changes: {
          comes: () => true,
          watch: async (hear) => {
            tell = hear;
            return () => undefined;
          },
        },
      },
      clock,
      log,
    });
    await other.watch();

    away = true;
    await freezes.thaw('connection', 'front-desk');
    tell('everything');
    await until(() => clock.isAsleepFor(200));
    const meanwhile = other.find('front-desk', []);
    away = false;
    clock.advance(200);
    await until(() => other.find('front-desk', []) === undefined);
    await other.close();

    expect(meanwhile?.name).toBe('front-desk');
  });

  test('a word that comes while it is being read leads to one more reading', async () => {
    const { store, freezes } = await world();
    let tell = (_change: 'everything'): void => undefined;
    let release = (): void => undefined;
    let held = false;
    const other = await Freezes.open({
      store: {
        ...store,
        listFreezes: async () => {
          const read = await store.listFreezes();
          if (held) {
            await new Promise<void>((resolve) => {
              release = resolve;
            });
          }
          return read;
        },
        changes: {
          comes: () => true,
          watch: async (hear) => {
            tell = hear;
            return () => undefined;
          },
        },
      },
      clock: new ManualClock(),
      log,
    });
    await other.watch();

    held = true;
    tell('everything');
    await freezes.freeze('connection', 'front-desk', BY);
    tell('everything');
    held = false;
    await until(() => {
      release();
      return other.find('front-desk', []) !== undefined;
    });

    expect(other.find('front-desk', [])?.kind).toBe('connection');
    await other.close();
  });
});

function secondApp() {
  const [user] = DEMO.connections;
  if (!user) throw new TypeError('the demo has no user');
  const { username, extension, password } = user;
  return {
    clientId: 'YourAppKey',
    clientSecret: new Secret('YourAppSecret'),
    user: { kind: 'password', username, ...(extension !== undefined && { extension }), password: new Secret(password) } as const,
  };
}
