import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, outside, RING_OUT, TOKEN } from '../../test/sandbox-world.ts';
import { DEMO_DATA } from './demo.ts';

const RING_OUT_BODY = { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: '+16505551230' } };

describe('presenting an access token', () => {
  test.each([['Bearer'], ['bearer'], ['BEARER']])('the scheme may be %s', async (scheme) => {
    const { signIn, ask } = await outside();
    const { access_token } = await signIn();

    expect((await ask(ACCOUNT, { headers: { authorization: `${scheme} ${access_token}` } })).status).toBe(200);
  });

  test('it may stand in the query', async () => {
    const { signIn, ask } = await outside();
    const { access_token } = await signIn();

    expect((await ask(`${ACCOUNT}?access_token=${access_token}`)).status).toBe(200);
  });

  test.each([
    ['none', {}, '', 'AGW-401', 'Authorization header is not specified', 'AGW-401'],
    ['an empty one in the query', {}, '?access_token=', 'AGW-401', 'Authorization header is not specified', 'AGW-401'],
    ['another scheme', { authorization: 'Basic eDp5' }, '', 'AGW-402', 'Invalid Authorization header', 'AGW-402'],
    ['a scheme alone', { authorization: 'Bearer ' }, '', 'AGW-402', 'Invalid Authorization header', 'AGW-402'],
    ['two words', { authorization: 'Bearer a b' }, '', 'AGW-402', 'Invalid Authorization header', 'AGW-402'],
    ['one that is none of the platform', { authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' }, '', 'TokenInvalid', 'OAuth token is invalid', 'OAU-149'],
    ['one that it no longer knows', { authorization: `Bearer SBXA${'x'.repeat(43)}` }, '', 'TokenInvalid', 'Token not found', 'OAU-213'],
  ])('%s: 401', async (_what, headers: Record<string, string>, query, errorCode, message, finer) => {
    const { ask } = await outside();

    const answer = await ask(`${ACCOUNT}${query}`, { headers });

    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ errorCode, message, errors: [{ errorCode: finer, message }] });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="RingCentral REST API"');
  });

  test('one that has expired: 401, to the millisecond', async () => {
    const { sandbox, signIn, get } = await outside();
    const { access_token } = await signIn();

    await sandbox.advance(3_599_999);
    const before = await get(ACCOUNT, access_token);
    await sandbox.advance(1);
    const after = await get(ACCOUNT, access_token);

    expect(before.status).toBe(200);
    expect(after.json).toEqual({
      errorCode: 'TokenExpired',
      message: 'Access token expired',
      errors: [{ errorCode: 'OAU-128', message: 'Access token expired' }],
    });
  });

  test('a refresh token is no access token', async () => {
    const { signIn, get } = await outside();
    const { refresh_token } = await signIn();

    expect(codes(await get(ACCOUNT, refresh_token))).toEqual([401, 'TokenInvalid', 'OAU-149']);
  });
});

describe('permissions', () => {
  const withPermissions = (permissions: string[]) => ({ ...DEMO_DATA, apps: [{ ...DEMO_DATA.apps[0]!, permissions }] });

  test('an app without the permission is told which: CMN-401', async () => {
    const { signIn, postJson } = await outside({ data: withPermissions(['ReadAccounts']) });
    const { access_token } = await signIn();

    const answer = await postJson(RING_OUT, RING_OUT_BODY, access_token);

    const message = 'In order to call this API endpoint, application needs to have [RingOut] permission';
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      errorCode: 'InsufficientPermissions',
      message,
      errors: [{ errorCode: 'CMN-401', message, permissionName: 'RingOut' }],
      permissionName: 'RingOut',
    });
  });

  test('a wider permission includes the narrower one, through two steps', async () => {
    const { signIn, get, postJson } = await outside({ data: withPermissions(['Accounts']) });
    const { access_token } = await signIn();

    expect((await get(ACCOUNT, access_token)).status).toBe(200);
    expect((await postJson(RING_OUT, RING_OUT_BODY, access_token)).status).toBe(403);
  });
});

describe('paths', () => {
  test('the versions need no token, and carry no limits', async () => {
    const { sandbox, ask } = await outside({ limited: true });

    const list = await ask('/restapi');
    const version = await ask('/restapi/v1.0');

    expect(version.json).toEqual({ uri: `${sandbox.origin}/restapi/v1.0`, versionString: '1.0.60', releaseDate: expect.any(String), uriString: 'v1.0' });
    expect(list.json).toMatchObject({ uri: `${sandbox.origin}/restapi`, apiVersions: [version.json], serverVersion: expect.any(String) });
    expect(list.headers).not.toHaveProperty('x-rate-limit-group');
  });

  test('each answer has its own rcrequestid', async () => {
    const { ask } = await outside();

    const [one, other] = [await ask('/restapi'), await ask('/restapi/v1.0/nothing')];

    expect(one.headers.rcrequestid).toMatch(/^[\w-]{22}$/);
    expect(other.headers.rcrequestid).not.toBe(one.headers.rcrequestid);
    expect(other.headers['content-type']).toBe('application/json;charset=UTF-8');
  });

  test.each([
    ['/'],
    ['/restapi/'],
    ['/restapi/v1.0/accounts'],
    ['/restapi/v2.0'],
    [`${ACCOUNT}/`],
    [`${ACCOUNT}/../account/~`],
    ['//restapi'],
    ['/_sandboxes'],
  ])('there is nothing at %s', async (path) => {
    const { ask } = await outside();

    const answer = await ask(path);

    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({ errorCode: 'CMN-120', message: 'Invalid URI', errors: [{ errorCode: 'CMN-120', message: 'Invalid URI' }] });
  });

  test('a method that a path has not got is refused with those it has', async () => {
    const { ask } = await outside();

    const [put, options] = [await ask(`${RING_OUT}/1`, { method: 'PUT' }), await ask(ACCOUNT, { method: 'OPTIONS' })];

    expect([put.status, put.headers.allow]).toEqual([405, 'GET, DELETE']);
    expect([options.status, options.headers.allow]).toEqual([405, 'GET']);
  });

  test('a body over one MiB is refused', async () => {
    const { postForm, postJson } = await outside();
    const long = 'x'.repeat(1024 * 1024);

    const answers = [await postForm(TOKEN, `a=${long}`), await postJson(RING_OUT, { long }), await postJson('/_sandbox/clock', { long })];

    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
  });

  test('whatever is sent, it is never the fault of the sandbox', async () => {
    const world = await outside();
    const { access_token } = await world.signIn();
    const paths = [
      '/restapi',
      TOKEN,
      '/restapi/oauth/revoke',
      ACCOUNT,
      `${EXTENSION}/forwarding-number`,
      RING_OUT,
      `${RING_OUT}/%`,
      '/_sandbox/faults',
      '/_sandbox/requests',
      '/%zz',
    ];
    const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'application/json;charset=x', ';'];
    const parameter = fc.oneof(fc.constantFrom('page=0', 'perPage=x', 'access_token=%ff', 'path=*'), fc.webQueryParameters());

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH'),
        fc.constantFrom(...paths),
        parameter,
        fc.constantFrom(...types),
        fc.oneof(fc.json(), fc.webQueryParameters(), fc.string()),
        async (method, path, query, type, body) => {
          const headers = { 'content-type': type, authorization: `Bearer ${access_token}`, 'content-length': String(Buffer.byteLength(body)) };
          const { status } = await world.ask(`${path}?${query}`, { method, headers, body });
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('accounts and extensions', () => {
  test('the account of the documents', async () => {
    const { sandbox, postForm, get } = await outside();
    const { json } = await postForm(TOKEN, { grant_type: 'password', username: '18887776655', extension: '102', password: 'Myp@ssw0rd' });

    const account = await get('/restapi/v1.0/account/1110475004', String(json.access_token));
    const extension = await get('/restapi/v1.0/account/1110475004/extension/1110475004', String(json.access_token));

    expect(account.json).toMatchObject({
      id: 1_110_475_004,
      uri: `${sandbox.origin}/restapi/v1.0/account/1110475004`,
      mainNumber: '+18887776655',
      operator: { id: 1_110_475_004, extensionNumber: '102' },
      status: 'Confirmed',
    });
    expect(extension.json).toMatchObject({ id: 1_110_475_004, account: { id: '1110475004' }, extensionNumber: '102', status: 'Enabled', type: 'User' });
  });

  test.each([['~'], ['%7E'], ['403140004']])('the own account may be named %s', async (accountId) => {
    const { signIn, get } = await outside();
    const { access_token } = await signIn();

    expect((await get(`/restapi/v1.0/account/${accountId}`, access_token)).json).toMatchObject({ id: 403_140_004 });
  });

  test.each([
    ['/restapi/v1.0/account/1110475004', 'accountId'],
    ['/restapi/v1.0/account/1110475004/extension/~', 'accountId'],
    ['/restapi/v1.0/account/~/extension/1110475004', 'extensionId'],
    ['/restapi/v1.0/account/~/extension/x/forwarding-number', 'extensionId'],
  ])("another's is not found: %s", async (path, parameterName) => {
    const { signIn, get } = await outside();
    const { access_token } = await signIn();

    const answer = await get(path, access_token);

    const message = `Resource for parameter [${parameterName}] is not found`;
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({ errorCode: 'InvalidParameter', message, errors: [{ errorCode: 'CMN-102', message, parameterName }], parameterName });
  });
});

describe('forwarding numbers', () => {
  test('the three of the documents, in their order', async () => {
    const { sandbox, signIn, get } = await outside();
    const { access_token } = await signIn();

    const { json } = await get(`${EXTENSION}/forwarding-number`, access_token);

    const uri = `${sandbox.origin}/restapi/v1.0/account/403140004/extension/403141004/forwarding-number`;
    const features = ['CallFlip', 'CallForwarding'];
    expect(json).toEqual({
      uri: `${uri}?page=1&perPage=100`,
      records: [
        { uri: `${uri}/403142004`, id: '403142004', phoneNumber: '+16505553711', label: 'Home', features, flipNumber: '1', type: 'Home' },
        { uri: `${uri}/403143004`, id: '403143004', phoneNumber: '+16505551550', label: 'Business', features, flipNumber: '2', type: 'Work' },
        { uri: `${uri}/403144004`, id: '403144004', phoneNumber: '+16505551233', label: 'Mobile', features, flipNumber: '3', type: 'Mobile' },
      ],
      paging: { page: 1, perPage: 100, pageStart: 0, pageEnd: 2, totalPages: 1, totalElements: 3 },
      navigation: { firstPage: { uri: `${uri}?page=1&perPage=100` }, lastPage: { uri: `${uri}?page=1&perPage=100` } },
    });
  });

  test('come in pages that lead from one to the next', async () => {
    const { signIn, get } = await outside();
    const { access_token } = await signIn();
    const page = async (query: string) => (await get(`${EXTENSION}/forwarding-number?${query}`, access_token)).json;

    const [first, second, beyond, large] = [
      await page('perPage=2'),
      await page('page=2&perPage=2'),
      await page('page=9&perPage=2'),
      await page('perPage=5000'),
    ];

    expect(first).toMatchObject({ records: [{ label: 'Home' }, { label: 'Business' }], paging: { pageStart: 0, pageEnd: 1, totalPages: 2, totalElements: 3 } });
    expect(first.navigation).toMatchObject({ nextPage: { uri: expect.stringMatching(/\?page=2&perPage=2$/) } });
    expect(first.navigation).not.toHaveProperty('previousPage');
    expect(second).toMatchObject({ records: [{ label: 'Mobile' }], paging: { page: 2, pageStart: 2, pageEnd: 2 } });
    expect(second.navigation).toMatchObject({ previousPage: { uri: expect.stringMatching(/\?page=1&perPage=2$/) } });
    expect(second.navigation).not.toHaveProperty('nextPage');
    expect(beyond).toMatchObject({ records: [], paging: { page: 9, perPage: 2, totalPages: 2, totalElements: 3 } });
    expect(large).toMatchObject({ paging: { perPage: 1_000 } });
  });

  test.each([['page=0'], ['page=x'], ['perPage=-1'], ['perPage=1.5']])('%s is no page', async (query) => {
    const { signIn, get } = await outside();
    const { access_token } = await signIn();

    const answer = await get(`${EXTENSION}/forwarding-number?${query}`, access_token);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(query.split('=')[0]);
  });
});
