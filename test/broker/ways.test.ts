import { describe, expect, test } from 'vitest';
import { GrantDead } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO_DATA } from '../../src/sandbox/demo.ts';
import { TOKEN_PATH, world } from '../world.ts';

const HOUR_MS = 3_600_000;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const YOUR_APP = { clientId: 'YourAppKey', clientSecret: 'YourAppSecret' };

/** A world with an App `own`, whose registration with the platform is a copy of the demo's with these differences. */
async function worldWithApp(registered: object = {}, settings: object = {}, clientSecret: string | undefined = YOUR_APP.clientSecret) {
  const { clientSecret: secret, ...your } = DEMO_DATA.apps[0]!;
  const own = { ...your, ...(clientSecret !== undefined && { clientSecret: secret }), ...registered } as (typeof DEMO_DATA.apps)[number];
  const at = await world({ connections: [], data: { ...DEMO_DATA, apps: [own, ...DEMO_DATA.apps.slice(1)] } });
  await at.apps.createApp({
    name: 'own',
    platformOrigin: at.sandbox.origin,
    clientId: YOUR_APP.clientId,
    ...(clientSecret !== undefined && { clientSecret: new Secret(clientSecret) }),
    ...settings,
  });
  /** What the console of the platform does with the App. */
  const console = async (change: object) => {
    const answer = await fetch(`${at.sandbox.origin}/_sandbox/apps/${YOUR_APP.clientId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'support', ...change }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { clientSecret?: string };
  };
  return { ...at, console };
}

const PASSWORD = { kind: 'password', username: '18889363711', extension: '101', password: new Secret('1234') } as const;

describe('client credentials', () => {
  test.each([
    ['a signup session', { brandId: '1234' }],
    ['an account by its id', { accountId: '427191004' }],
    ["an account by its partner's number", { brandId: '1234', partnerAccountId: 'BAN0009' }],
  ])('win %s, and another one when it is due: it has no refresh token', async (_name, of) => {
    const { connections, tokens, clock, tokenRequests } = await worldWithApp();
    await connections.createConnection({ name: 'signup', app: 'own', credentials: [{ kind: 'client_credentials', ...of }] });

    const first = await tokens.usableGrant('signup');
    clock.advance(HOUR_MS);
    const second = await tokens.usableGrant('signup');

    expect([first.refreshToken, first.ownerId, first.generation, second.generation]).toEqual([undefined, undefined, 1, 2]);
    expect(second.accessToken.equals(first.accessToken)).toBe(false);
    expect(tokenRequests()).toEqual(['client_credentials', 'client_credentials']);
  });

  test.each([
    ['nothing', {}, 'credentials/0/brandId'],
    ["a partner's number without a brand", { partnerAccountId: 'BAN0009' }, 'credentials/0/brandId'],
    ['an account twice', { accountId: '1', brandId: '1234' }, 'credentials/0/accountId'],
  ])('that say %s are refused before the platform is asked', async (_name, of, field) => {
    const { connections, tokenRequests } = await worldWithApp();

    const creating = connections.createConnection({ name: 'signup', app: 'own', credentials: [{ kind: 'client_credentials', ...of }] });

    await expect(creating).rejects.toMatchObject({ code: 'invalid_request', faults: [{ field }] });
    expect(tokenRequests()).toEqual([]);
  });
});

describe('an App that issues no refresh token', () => {
  test('G9: is signed in again, by password or by JWT, when its token is due', async () => {
    const { connections, tokens, clock, console, sandbox, tokenRequests } = await worldWithApp();
    await console({ refreshTokens: false });
    const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
    await connections.createConnection({ name: 'by-password', app: 'own', credentials: [PASSWORD] });
    await connections.createConnection({ name: 'by-jwt', app: 'own', credentials: [{ kind: 'jwt', assertion: new Secret(jwt) }] });

    for (const name of ['by-password', 'by-jwt']) expect((await tokens.usableGrant(name)).refreshToken).toBeUndefined();
    clock.advance(HOUR_MS);
    const again = await Promise.all(['by-password', 'by-jwt'].map((name) => tokens.usableGrant(name)));

    expect(again.map(({ generation }) => generation)).toEqual([2, 2]);
    expect(tokenRequests().toSorted()).toEqual(['password', 'password', JWT_BEARER, JWT_BEARER].toSorted());
  });

  test('G9: refreshTokenTtlMs 0 asks for none', async () => {
    const { connections, tokens } = await worldWithApp({}, { refreshTokenTtlMs: 0 });
    await connections.createConnection({ name: 'front', app: 'own', credentials: [PASSWORD] });

    const grant = await tokens.usableGrant('front');

    expect([grant.refreshToken, grant.refreshExpiresAt]).toEqual([undefined, undefined]);
  });
});

test('G9: lifetimes and endpoint id are asked for at the sign-in and at each Refresh', async () => {
  const { connections, tokens, clock } = await worldWithApp(
    {},
    { accessTokenTtlMs: HOUR_MS / 2, refreshTokenTtlMs: 24 * HOUR_MS, endpointId: 'front-desk-endpoint-1' },
  );
  await connections.createConnection({ name: 'front', app: 'own', credentials: [PASSWORD] });

  const first = await tokens.usableGrant('front');
  clock.advance(HOUR_MS / 2);
  const second = await tokens.usableGrant('front');

  for (const grant of [first, second]) {
    expect([grant.expiresAt - grant.issuedAt, grant.refreshExpiresAt! - grant.issuedAt, grant.endpointId]).toEqual([
      HOUR_MS / 2,
      24 * HOUR_MS,
      'front-desk-endpoint-1',
    ]);
  }
});

test('a public App signs in and refreshes by its client id in the body, without a secret', async () => {
  const { connections, tokens, clock, sandbox, tokenRequests } = await worldWithApp({}, {}, undefined);
  const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
  await connections.createConnection({ name: 'front', app: 'own', credentials: [{ kind: 'jwt', assertion: new Secret(jwt) }] });

  await tokens.usableGrant('front');
  clock.advance(HOUR_MS);
  const refreshed = await tokens.usableGrant('front');

  expect(refreshed.generation).toBe(2);
  expect(tokenRequests()).toEqual([JWT_BEARER, 'refresh_token']);
});

describe('a client secret that is rolled', () => {
  async function rolling() {
    const at = await worldWithApp();
    await at.connections.createConnection({ name: 'front', app: 'own', credentials: [PASSWORD] });
    await at.tokens.usableGrant('front');
    /** Makes the token due, and counts the requests that it takes. */
    const refresh = async () => {
      const before = at.tokenRequests().length;
      at.clock.advance(HOUR_MS);
      const { generation } = await at.tokens.usableGrant('front');
      return { generation, requests: at.tokenRequests().length - before };
    };
    return { ...at, refresh };
  }

  test('in the console first: the old one is used until it ends, then the new one, and no Refresh fails', async () => {
    const { console, apps, refresh } = await rolling();

    const { clientSecret = '' } = await console({ secret: 'roll' });
    const before = await refresh();
    await apps.addClientSecret('own', new Secret(clientSecret));
    const added = await refresh();
    await console({ secret: 'end-roll' });
    const ended = await refresh();
    await apps.removeClientSecret('own', '1');
    const alone = await refresh();

    expect([before, added, ended, alone]).toEqual([2, 3, 4, 5].map((generation) => ({ generation, requests: 1 })));
  });

  test('replaced at once, and added before: the one that is refused costs one request, once', async () => {
    const { console, apps, refresh, store } = await rolling();
    await apps.addClientSecret('own', new Secret('not good yet, or never'));

    const refused = await refresh();
    const remembered = await refresh();
    const inUse = (await apps.listClientSecrets('own')).map(({ id, inUse: is }) => [id, is]);

    expect([refused, remembered]).toEqual([
      { generation: 2, requests: 2 },
      { generation: 3, requests: 1 },
    ]);
    expect(inUse).toEqual([
      ['2', false],
      ['1', true],
    ]);
    expect((await store.findApp('own'))?.clientSecret?.reveal()).toBe(YOUR_APP.clientSecret);
    const { clientSecret = '' } = await console({ secret: 'roll' });
    await console({ secret: 'end-roll' });
    await apps.addClientSecret('own', new Secret(clientSecret));
    expect(await refresh()).toEqual({ generation: 4, requests: 1 });
  });

  test('G4: where none is good the App is at fault, and no Grant is marked dead', async () => {
    const { console, apps, tokens, clock, store } = await rolling();
    await apps.addClientSecret('own', new Secret('never good'));
    const { clientSecret = '' } = await console({ secret: 'roll' });
    await console({ secret: 'end-roll' });
    clock.advance(HOUR_MS);

    await expect(tokens.usableGrant('front')).rejects.toMatchObject({ code: 'app_refused' });

    expect((await store.findGrant('front'))?.refreshRefused).toBeUndefined();
    expect((await store.findConnection('front'))?.signInNeeded).toBeUndefined();
    await apps.addClientSecret('own', new Secret(clientSecret));
    expect((await tokens.usableGrant('front')).generation).toBe(2);
  });

  test('a refusal of something else is believed at once: one request, and the credential is refused', async () => {
    const { apps, connections, tokens, tokenRequests } = await rolling();
    await apps.addClientSecret('own', new Secret('never good'));
    await connections.createConnection({ name: 'wrong', app: 'own', credentials: [{ ...PASSWORD, password: new Secret('wrong') }] });
    const before = tokenRequests().length;

    await expect(tokens.usableGrant('wrong')).rejects.toThrow(GrantDead);

    expect(tokenRequests().length - before).toBe(2);
    expect((await apps.listClientSecrets('own')).find(({ inUse }) => inUse)?.id).toBe('1');
  });

  test.each([
    ['the same again', [YOUR_APP.clientSecret], 'already'],
    ['more than three', ['a', 'b', 'c'], 'number 4'],
  ])('%s is refused', async (_name, secrets, message) => {
    const { apps } = await rolling();

    const adding = (async () => {
      for (const secret of secrets) await apps.addClientSecret('own', new Secret(secret));
    })();

    await expect(adding).rejects.toThrow(message);
  });

  test('the only one stays; one that is not there is not found', async () => {
    const { apps } = await rolling();

    await expect(apps.removeClientSecret('own', '1')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(apps.removeClientSecret('own', '7')).rejects.toMatchObject({ code: 'client_secret_not_found' });
  });
});

describe('13: a JWT credential that cannot be good', () => {
  const jwtOf = (claims: object) => ['{"alg":"RS256"}', JSON.stringify(claims), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');

  test.each([
    ['is no JWT', () => 'one-part', 'not a JWT'],
    ['is for another environment', () => jwtOf({ aud: 'https://platform.ringcentral.com/restapi/oauth/token' }), 'another environment'],
    ['has expired', (origin: string) => jwtOf({ aud: `${origin}/restapi/oauth/token`, exp: 1_000_000 }), 'expired on 1970-01-12'],
  ])('because it %s is refused at its creation, by name, and nobody is asked', async (_name, make, message) => {
    const { connections, sandbox, store } = await worldWithApp();

    const creating = connections.createConnection({
      name: 'front',
      app: 'own',
      credentials: [PASSWORD, { kind: 'jwt', assertion: new Secret(make(sandbox.origin)) }],
    });

    await expect(creating).rejects.toMatchObject({
      code: 'invalid_request',
      faults: [{ field: 'credentials/1/assertion', message: expect.stringContaining(message) }],
    });
    expect(await store.findConnection('front')).toBeUndefined();
    expect(sandbox.requests(TOKEN_PATH)).toEqual([]);
  });

  test('because it is of another user than the Connection is refused when the credentials are replaced', async () => {
    const { connections, sandbox, tokens, tokenRequests } = await worldWithApp();
    const { jwt } = await sandbox.issueJwt({ username: '18887776655', extension: '102' });
    await connections.createConnection({ name: 'front', app: 'own', credentials: [PASSWORD] });
    await tokens.usableGrant('front');

    const replacing = connections.replaceCredentials('front', [{ kind: 'jwt', assertion: new Secret(jwt) }]);

    await expect(replacing).rejects.toMatchObject({ faults: [{ field: 'credentials/0/assertion', message: expect.stringContaining('another user') }] });
    expect(tokenRequests()).toEqual(['password']);
    expect((await connections.getConnection('front')).credentials).toEqual([{ kind: 'password' }]);
  });
});
