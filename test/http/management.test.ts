import { describe, expect, test } from 'vitest';
import { gateway, TOKEN } from './gateway.ts';

const APP = { name: 'main', platformOrigin: 'http://127.0.0.1:1', clientId: 'id', clientSecret: 'canary-secret' };
const CREDENTIAL = { kind: 'password', username: '15555550100', extension: '7', password: 'canary-password' };

describe('the management API', () => {
  test('creates, shows, lists and removes an App, whose secret is never shown', async () => {
    const api = await management();

    const created = await api('POST', 'apps', APP);
    const shown = await api('GET', 'apps/main');
    const listed = await api('GET', 'apps');
    const removed = await api('DELETE', 'apps/main');

    expect(created).toMatchObject({ status: 201, body: { name: 'main', mediaOrigin: 'http://127.0.0.1:1', hasClientSecret: true } });
    expect(shown).toMatchObject({ status: 200, body: created.body });
    expect((listed.body.items as { name: string }[]).map(({ name }) => name)).toEqual(['demo', 'main']);
    expect(removed.status).toBe(204);
    expect(await api('GET', 'apps/main')).toMatchObject({ status: 404, body: { code: 'app_not_found' } });
    expect(JSON.stringify([created, shown, listed])).not.toContain('canary');
  });

  test('creates a Connection, which signs in on first use, or at once where that is asked', async () => {
    const api = await management();
    const login = { kind: 'password', username: '18889363711', extension: '101', password: '1234' };

    const later = await api('POST', 'connections', { name: 'later', app: 'demo', labels: { team: 'sales' }, credentials: [login] });
    const once = await api('POST', 'connections?verify=true', { name: 'at-once', app: 'demo', keep: 'fresh', credentials: [login] });

    expect(later).toMatchObject({ status: 201, body: { state: 'new', generation: 0, labels: { team: 'sales' }, keep: 'alive' } });
    expect(once).toMatchObject({ status: 201, body: { state: 'ready', generation: 1, keep: 'fresh', credentials: [{ kind: 'password' }] } });
    expect(once.body.expiresAt).toBeGreaterThan(0);
    expect(JSON.stringify([later, once])).not.toContain('1234"');
  });

  test('shows the gateway key of a Client once', async () => {
    const api = await management();

    const created = await api('POST', 'clients', {
      name: 'crm',
      connections: ['front-desk'],
      legacyLogins: [{ username: '(888) 936-3711', extension: '101', password: 'canary-password', connection: 'front-desk' }],
    });
    const shown = await api('GET', 'clients/crm');

    expect(created.body.key).toMatch(/^tlk_[\w-]{43}$/);
    expect(shown.body).toEqual({
      name: 'crm',
      connections: ['front-desk'],
      keys: [{ id: '1', createdAt: created.body.createdAt }],
      rewriteLinks: false,
      legacyLogins: [{ username: '18889363711', extension: '101', connection: 'front-desk', hasPassword: true }],
      createdAt: created.body.createdAt,
    });
  });

  test('the longest name there may be can be asked for, percent-encoded too', async () => {
    const api = await management();
    const name = `a${'@'.repeat(99)}`;
    await api('POST', 'apps', { ...APP, name });

    expect(await api('GET', `apps/${encodeURIComponent(name)}`)).toMatchObject({ status: 200, body: { name } });
  });

  test('lists by parts', async () => {
    const api = await management();
    for (const name of ['a', 'b', 'c']) await api('POST', 'apps', { ...APP, name });

    const first = await api('GET', 'apps?limit=3');
    const second = await api('GET', `apps?limit=3&cursor=${String(first.body.nextCursor)}`);

    expect((first.body.items as unknown[]).length).toBe(3);
    expect(second.body).toMatchObject({ items: [{ name: 'demo' }] });
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  test.each([
    ['a taken name', 'apps', { ...APP, name: 'demo' }, 409, 'name_taken', 'name'],
    ['a missing field', 'apps', { ...APP, clientId: undefined }, 400, 'invalid_request', 'clientId'],
    ['a field of the wrong type', 'apps', { ...APP, clientId: 7 }, 400, 'invalid_request', 'clientId'],
    ['a field that is not known', 'apps', { ...APP, clientSecrt: 'x' }, 400, 'invalid_request', 'clientSecrt'],
    ['an origin with a path', 'apps', { ...APP, platformOrigin: 'https://example.com/x' }, 400, 'invalid_request', 'platformOrigin'],
    ['plain http beyond this machine', 'apps', { ...APP, mediaOrigin: 'http://media.example.com' }, 400, 'invalid_request', 'mediaOrigin'],
    ['a null character', 'apps', { ...APP, clientId: 'a\u0000' }, 400, 'invalid_request', 'clientId'],
    [
      'a time in microseconds',
      'connections',
      { name: 'x', app: 'demo', credentials: [{ kind: 'refresh_token', refreshToken: 'canary', refreshExpiresAt: 1_763_755_000_000_000 }] },
      400,
      'invalid_request',
      'credentials/0/refreshExpiresAt',
    ],
    ['a name with a slash', 'apps', { ...APP, name: 'a/b' }, 400, 'invalid_request', 'name'],
    ['an App that is not there', 'connections', { name: 'x', app: 'nowhere', credentials: [CREDENTIAL] }, 404, 'app_not_found', 'app'],
    ['no credentials', 'connections', { name: 'x', app: 'demo', credentials: [] }, 400, 'invalid_request', 'credentials'],
    [
      'a credential of no known kind',
      'connections',
      { name: 'x', app: 'demo', credentials: [{ kind: 'magic' }] },
      400,
      'invalid_request',
      'credentials/0/kind',
    ],
    [
      'a credential without its password',
      'connections',
      { name: 'x', app: 'demo', credentials: [{ ...CREDENTIAL, password: undefined }] },
      400,
      'invalid_request',
      'credentials/0/password',
    ],
    ['a keep that is not known', 'connections', { name: 'x', app: 'demo', keep: 'warm', credentials: [CREDENTIAL] }, 400, 'invalid_request', 'keep'],
    ['a Connection that is not there', 'clients', { name: 'x', connections: ['nowhere'] }, 404, 'connection_not_found', 'connections/0'],
    [
      "a login to a Connection that is not the Client's",
      'clients',
      { name: 'x', connections: ['front-desk'], legacyLogins: [{ username: '1', connection: 'other' }] },
      400,
      'invalid_request',
      'legacyLogins/0/connection',
    ],
    [
      '32: an IP rule that cannot be read',
      'clients',
      { name: 'x', connections: ['front-desk'], policy: { ipAllow: ['10.0.0.0/8', '10.0.0.0/99'] } },
      400,
      'invalid_request',
      'policy/ipAllow/1',
    ],
    [
      '39: a limit that cannot be one',
      'clients',
      { name: 'x', connections: ['front-desk'], limits: { concurrency: 0 } },
      400,
      'invalid_request',
      'limits/concurrency',
    ],
    [
      'a Permission that is not known',
      'clients',
      { name: 'x', connections: ['front-desk'], policy: { permissions: ['RingOt'] } },
      400,
      'invalid_request',
      'policy/permissions/0',
    ],
  ])('%s is refused, and the field named', async (_what, path, body, status, code, field) => {
    const api = await management();

    const answer = await api('POST', path, body);

    expect(answer).toMatchObject({ status, body: { status, code } });
    if (field !== undefined) expect((answer.body.errors as { field: string }[]).map((fault) => fault.field)).toContain(field);
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  test('39: the limits of a Client are shown as they were given', async () => {
    const api = await management();
    const limits = { requestsPerSecond: 2.5, concurrency: 3, bodyBytes: 0 };

    const created = await api('POST', 'clients', { name: 'held', connections: ['front-desk'], limits });
    const shown = await api('GET', 'clients/held');

    expect([created.status, created.body.limits, shown.body.limits]).toEqual([201, limits, limits]);
  });

  test('all faulty fields are in one answer', async () => {
    const api = await management();

    const answer = await api('POST', 'apps', { name: '', clientId: 7, surprise: true });

    expect((answer.body.errors as { field: string }[]).map(({ field }) => field).sort()).toEqual(['clientId', 'name', 'platformOrigin', 'surprise']);
  });

  test.each(['connections/%00', 'connections?cursor=%00', 'apps/demo/secrets/%00'])(
    'a null character in %s is refused before the database is asked',
    async (path) => {
      const api = await management();

      const answer = await api(path.includes('secrets') ? 'DELETE' : 'GET', path);

      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ message: 'must not hold a null character' }] } });
    },
  );

  test('what a field must be is said in words', async () => {
    const api = await management();

    const answers = await Promise.all([
      api('GET', 'apps?limit=5000'),
      api('GET', 'audit?cursor=newest'),
      api('POST', 'connections?verify=1', { name: 'x', app: 'demo', credentials: [CREDENTIAL] }),
      api('POST', 'apps', { ...APP, name: 'a b' }),
      api('GET', '/%zz'),
      api('POST', 'apps', []),
      api('POST', 'connections', { name: 'x', app: 'demo', credentials: [] }),
      api('POST', 'connections', { name: 'x', app: 'demo', credentials: [{ kind: 'magic' }] }),
      api('POST', 'apps', { ...APP, clientId: '' }),
    ]);

    expect(answers.map(({ body }) => body.errors)).toEqual([
      [{ field: 'querystring/limit', message: 'must be a whole number from 1 to 1000' }],
      [{ field: 'querystring/cursor', message: 'must be the `nextCursor` of the part before' }],
      [{ field: 'querystring/verify', message: 'must be one of true, false' }],
      [{ field: 'name', message: 'must be letters, digits and ._@*+-, the first a letter or digit' }],
      [{ field: 'path', message: 'is not percent-encoded UTF-8' }],
      [{ field: 'body', message: 'must be an object' }],
      [{ field: 'credentials', message: 'must not be an empty list' }],
      [{ field: 'credentials/0/kind', message: 'must be one of password, jwt, refresh_token, client_credentials' }],
      [{ field: 'clientId', message: 'must not be empty' }],
    ]);
  });

  test('a login that another Client has is refused', async () => {
    const api = await management();
    const client = { connections: ['front-desk'], legacyLogins: [{ username: '18889363711', extension: '101', password: 'x', connection: 'front-desk' }] };
    await api('POST', 'clients', { ...client, name: 'one' });

    expect(await api('POST', 'clients', { ...client, name: 'two' })).toMatchObject({
      status: 409,
      body: { code: 'login_taken', detail: expect.stringContaining('Client "one" has a legacy login'), errors: [{ field: 'legacyLogins/0' }] },
    });
  });

  test.each([
    ['POST', 'connections/front-desk/refresh', 200],
    ['POST', 'connections/nowhere/refresh', 404],
    ['POST', 'nothing', 404],
    ['DELETE', 'connections/front-desk', 204],
    ['POST', 'connections', 400],
  ] as const)('the JSON content type without a body, as scripts send it: %s %s is %d', async (method, path, status) => {
    const { server } = await gateway();

    const answer = await server.inject({
      method,
      url: `/trunkline/api/${path}`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });

    expect(answer.statusCode).toBe(status);
  });

  test('the credentials of a Connection can be replaced, and are never shown', async () => {
    const api = await management();

    const replaced = await api('PUT', 'connections/front-desk/credentials', { credentials: [CREDENTIAL, { kind: 'jwt', assertion: 'e30.e30.canary' }] });
    const wrong = await api('PUT', 'connections/front-desk/credentials', { credentials: [{ ...CREDENTIAL, app: 'nowhere' }] });

    expect(replaced).toMatchObject({ status: 200, body: { credentials: [{ kind: 'password' }, { kind: 'jwt' }] } });
    expect(wrong).toMatchObject({ status: 404, body: { errors: [{ field: 'credentials/0/app' }] } });
    expect(await api('PUT', 'connections/nowhere/credentials', { credentials: [CREDENTIAL] })).toMatchObject({ status: 404 });
    expect(JSON.stringify([replaced, wrong])).not.toContain('canary');
  });

  test('a Connection that cannot sign in at once is not kept', async () => {
    const api = await management();

    const refused = await api('POST', 'connections?verify=true', { name: 'x', app: 'demo', credentials: [CREDENTIAL] });

    expect(refused).toMatchObject({
      status: 502,
      body: {
        code: 'grant_dead',
        detail: expect.stringMatching(/^RingCentral refused the credentials \(.+\), so Connection "x" was not created; correct them,/),
      },
    });
    expect(await api('GET', 'connections/x')).toMatchObject({ status: 404 });
  });

  test('nor is one that would have to wait, and its message says so', async () => {
    const { manage: api, sandbox } = await gateway();
    await sandbox.addFault({ match: { path: '/restapi/oauth/token' }, times: 1, action: { status: 429, headers: { 'Retry-After': '60' } } });

    const busy = await api('POST', 'connections?verify=true', { name: 'x', app: 'demo', credentials: [CREDENTIAL] });

    expect(busy).toMatchObject({
      status: 503,
      body: { code: 'platform_busy', detail: expect.stringContaining('Connection "x" was not created; create it then, or now without') },
    });
    expect(busy.headers['retry-after']).toMatch(/^6\d$/);
    expect(await api('GET', 'connections/x')).toMatchObject({ status: 404 });
  });

  test('what is still used is not removed', async () => {
    const api = await management();
    await api('POST', 'clients', { name: 'crm', connections: ['front-desk'] });

    const answers = [await api('DELETE', 'apps/demo'), await api('DELETE', 'connections/front-desk')];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'in_use'],
      [409, 'in_use'],
    ]);
  });

  test.each([
    ['broken JSON', '{"name": ', 'application/json', 400, 'invalid_request'],
    ['an empty body', '', 'application/json', 400, 'invalid_request'],
    ['another media type', 'name=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a body over 1 MiB', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 'application/json', 413, 'payload_too_large'],
  ])('%s is refused by name', async (_what, payload, type, status, code) => {
    const { server } = await gateway();

    const answer = await server.inject({
      method: 'POST',
      url: '/trunkline/api/apps',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type },
      payload,
    });

    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test.each([undefined, 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, 'Bearer'])('the admin token is asked for (%s)', async (authorization) => {
    const { server } = await gateway();

    const answer = await server.inject({ method: 'GET', url: '/trunkline/api/apps', headers: { ...(authorization && { authorization }) } });

    expect([answer.statusCode, answer.json().code]).toEqual([401, 'admin_token_wrong']);
  });

  test('what was sent in place of the credential is said', async () => {
    const { ask, key } = await gateway();
    const gatewayKey = await key();
    const paths = ['apps', 'connections/front-desk/token'];

    const said = await Promise.all(
      paths.flatMap((path) => [undefined, gatewayKey, TOKEN, `tlk_${'x'.repeat(43)}`].map(async (sent) => (await ask('GET', path, sent)).body.detail)),
    );

    expect(said.map((detail) => (detail === undefined ? 'ok' : String(detail).split(/[;.]/)[0]))).toEqual([
      ...['The admin token is missing', 'This is a gateway key, which manages nothing', 'ok', 'This is a gateway key, which manages nothing'],
      ...['The gateway key is missing', 'ok', 'This is not a gateway key', 'This gateway key is not known here'],
    ]);
  });

  test('an unknown route and a path that cannot be read are problems too', async () => {
    const { server } = await gateway();

    const answers = await Promise.all(['/trunkline/api/nothing', '/%zz'].map((url) => server.inject({ url, headers: { authorization: `Bearer ${TOKEN}` } })));

    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [404, 'not_found'],
      [400, 'invalid_request'],
    ]);
  });

  test('/readyz says when the database is gone', async () => {
    const { server } = await gateway({ readiness: { check: async () => ({ reason: 'store_unavailable', detail: 'gone' }) } });

    const answers = await Promise.all(['/healthz', '/readyz'].map((url) => server.inject({ url })));

    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 503]);
  });
});

/** Calls the API of a gateway with App `demo` and Connection `front-desk`. */
async function management() {
  const { manage } = await gateway();
  return manage;
}
