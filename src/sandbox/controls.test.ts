import { describe, expect, test } from 'vitest';
import { ACCOUNT, APP, basic, codes, EXTENSION, FRONT_DESK, OTHER_APP, outside, RING_OUT, TOKEN } from '../../test/sandbox-world.ts';
import type { Fault } from './faults.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const CALL = { to: { phoneNumber: '+16505551230' } };

describe('the controls over HTTP', () => {
  test('clock moves the time on, by fractions too', async () => {
    const { sandbox, clock, postJson } = await outside();

    await postJson('/_sandbox/clock', { advanceSeconds: 3_600 });
    const answer = await postJson('/_sandbox/clock', { advanceSeconds: 0.25 });

    expect(answer).toMatchObject({ status: 200, json: { now: clock.now() + 3_600_250 } });
    expect(sandbox.state().clock).toEqual({ now: clock.now() + 3_600_250, offsetMs: 3_600_250 });
  });

  test('clock stops where dates do', async () => {
    const { postJson, sandbox } = await outside();
    const leap = { advanceSeconds: 20 * 366 * 24 * 3_600 };

    const answers = await Promise.all(Array.from({ length: 360 }, () => postJson('/_sandbox/clock', leap)));

    expect(answers.at(-1)).toMatchObject({ status: 400, json: { errors: [{ field: 'advanceSeconds' }] } });
    expect(new Date(sandbox.state().clock.now).getUTCFullYear()).toBeLessThan(9_000);
  });

  test.each(['abc', '0', '-1', '1.5', '100000'])('no number of requests: %s', async (last) => {
    const { ask } = await outside();

    const answer = await ask(`/_sandbox/requests?last=${last}`);

    expect([answer.status, answer.json.message]).toEqual([400, 'last must be a whole number from 1 to 99999']);
  });

  test.each([
    ['redirectUris', 'https://a.example/\u0001'],
    ['redirectUris', 'https://a.example/\u2028'],
    ['redirectUris', 'https://ä.example/'],
    ['redirectUris', 'javascript:alert(1)'],
    ['publicKeys', 'no key'],
  ])('no app is registered with %s %j', async (field, value) => {
    const { postJson } = await outside();

    const { status, json } = await postJson('/_sandbox/apps', { clientId: 'New', permissions: ['ReadAccounts'], [field]: [value] });

    expect([status, json.errors]).toMatchObject([400, [{ field: `${field}.0` }]]);
  });

  test('lifetimes and limits are set and shown', async () => {
    const { postJson, ask } = await outside();

    await postJson('/_sandbox/lifetimes', { accessSeconds: 7, refreshSeconds: null });
    await postJson('/_sandbox/limits', { scale: 2.5 });

    expect((await ask('/_sandbox/state')).json).toMatchObject({ lifetimes: { accessSeconds: 7, refreshSeconds: null }, limits: { scale: 2.5 } });
  });

  test('a word that is none of the known ones is answered with those', async () => {
    const { postJson } = await outside();

    const answer = await postJson('/_sandbox/reveal', { kind: 'nope', id: 'YourAppKey' });

    expect(answer).toMatchObject({ status: 400, json: { message: 'kind must be one of client-secret, password, access-token, refresh-token, jwt' } });
  });

  test('reset makes everything as on the first day, with or without a body', async () => {
    const { sandbox, clock, signIn, postJson, get, ask } = await outside();
    const tokens = await signIn();
    await postJson(RING_OUT, CALL, tokens.access_token);
    await sandbox.advance(1_000);
    await sandbox.setLifetimes({ accessSeconds: 1 });
    await sandbox.addFault({ match: {}, times: 5, action: { status: 500 } });

    const answer = await ask('/_sandbox/reset', { method: 'POST' });
    const state = sandbox.state();
    const afterwards = await get(ACCOUNT, tokens.access_token);
    await postJson('/_sandbox/reset', {});

    expect(answer.status).toBe(200);
    expect(state).toMatchObject({
      clock: { now: clock.now(), offsetMs: 0 },
      lifetimes: { accessSeconds: null, refreshSeconds: null },
      limits: { scale: 1 },
      faults: [],
      sessions: [],
      ringOuts: [],
    });
    expect(codes(afterwards)).toEqual([401, 'TokenInvalid', 'OAU-213']);
    expect(sandbox.requests()).toEqual([]);
  });

  test('reset ends a penalty', async () => {
    const { sandbox, postForm } = await outside({ limited: true });
    for (let count = 0; count < 6; count += 1) await postForm(TOKEN, FRONT_DESK);

    await sandbox.reset();

    expect((await postForm(TOKEN, FRONT_DESK)).status).toBe(200);
  });

  test.each([
    ['clock', {}, 'advanceSeconds'],
    ['clock', { advanceSeconds: -1 }, 'advanceSeconds'],
    ['clock', { advanceSeconds: '5' }, 'advanceSeconds'],
    ['clock', { advanceSeconds: 1e12 }, 'advanceSeconds'],
    ['clock', { advanceSeconds: 1, ms: 5 }, 'ms'],
    ['clock', [], 'body'],
    ['lifetimes', { accessSeconds: 0 }, 'accessSeconds'],
    ['lifetimes', { refreshSeconds: 1.5 }, 'refreshSeconds'],
    ['limits', { scale: -0.1 }, 'scale'],
    ['limits', {}, 'scale'],
    ['reset', { all: true }, 'all'],
    ['faults', { times: 1, action: { status: 500 } }, 'match'],
    ['faults', { match: {}, action: { status: 500 } }, 'times'],
    ['faults', { match: {}, times: 0, action: { status: 500 } }, 'times'],
    ['faults', { match: { url: '/' }, times: 1, action: { status: 500 } }, 'match.url'],
    ['faults', { match: {}, times: 1, action: { status: 99 } }, 'action.status'],
    ['faults', { match: {}, times: 1, action: { drop: 'during' } }, 'action.drop'],
    ['faults', { match: {}, times: 1, action: { delayMs: -1 } }, 'action.delayMs'],
    ['faults', { match: {}, times: 1, action: {} }, 'action'],
    ['faults', { match: {}, times: 1, action: { status: 500, drop: 'after' } }, 'action.drop'],
    ['faults', { match: {}, times: 1, action: { delayMs: 1, body: {} } }, 'action.body'],
    ['faults', { match: {}, times: 1, action: { drop: 'after', headers: {} } }, 'action.headers'],
    ['faults', { match: {}, times: 1, action: { status: 500, headers: { 'a b': 'x' } } }, 'action.headers.a b'],
    ['faults', { match: {}, times: 1, action: { status: 500, headers: { a: 'x\r\ny' } } }, 'action.headers.a'],
    ['faults', { match: {}, times: 1, action: { status: 500, headers: { 'Content-Length': '5' } } }, 'action.headers.Content-Length'],
    ['faults', { match: {}, times: 1, action: { status: 500, headers: { Trailer: 'x' } } }, 'action.headers.Trailer'],
  ])('%s %j is refused, and names the field', async (control, input, field) => {
    const { sandbox, postJson } = await outside();
    const before = sandbox.state();

    const answer = await postJson(`/_sandbox/${control}`, input);

    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_input', errors: [{ field, message: expect.any(String) }] } });
    expect(sandbox.state()).toEqual(before);
  });

  test('a body that is not JSON is refused, and so is a control that is not there', async () => {
    const { ask } = await outside();

    const answers = [
      await ask('/_sandbox/clock', { method: 'POST', headers: JSON_TYPE, body: '{' }),
      await ask('/_sandbox/clock'),
      await ask('/_sandbox/nothing'),
      await ask('/_sandbox/state', { method: 'POST' }),
      await ask('/_sandbox/console/nothing.js'),
      await ask('/_sandbox/requests?paths=/'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 405, 404, 405, 404, 400]);
  });

  test('the same checks hold for the controls without HTTP', async () => {
    const { sandbox } = await outside();

    await expect(sandbox.advance(-1)).rejects.toThrow('advanceSeconds must be >= 0');
    await expect(sandbox.addFault({ match: {}, times: 1, action: {} })).rejects.toThrow('action must have a status, delayMs or drop');
  });
});

describe('a web page in a browser', () => {
  test.each([
    ['a host name bound to this machine', { ...JSON_TYPE, host: 'evil.example.com' }, 403],
    ['one that only begins like this machine', { ...JSON_TYPE, host: '127.0.0.1.evil.example.com:80' }, 403],
    ['another origin', { ...JSON_TYPE, origin: 'http://evil.example.com' }, 403],
    ['another port of this machine', { ...JSON_TYPE, origin: 'http://127.0.0.1:1' }, 403],
    ['no origin that it would say', { ...JSON_TYPE, origin: 'null' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 415],
    ['a body without a type', {}, 415],
  ])('does not reach the controls by %s', async (_how, headers: Record<string, string>, status) => {
    const { sandbox, ask } = await outside();

    const answer = await ask('/_sandbox/clock', { method: 'POST', headers, body: '{"advanceSeconds":1}' });

    expect(answer.status).toBe(status);
    expect(sandbox.state().clock.offsetMs).toBe(0);
  });

  test('reads nothing under a host name bound to this machine', async () => {
    const { ask } = await outside();

    expect((await ask('/_sandbox/state', { headers: { host: 'evil.example.com:8090' } })).status).toBe(403);
  });

  test.each([['localhost'], ['localhost:8090'], ['127.0.0.1:1'], ['127.9.9.9'], ['[::1]:8090']])(
    'does not keep out a program that says Host: %s',
    async (host) => {
      const { ask } = await outside();

      expect((await ask('/_sandbox/state', { headers: { host, origin: `http://${host}` } })).status).toBe(200);
    },
  );
});

describe('faults', () => {
  test('a status takes the place of the answer, and the request has no effect', async () => {
    const { sandbox, postForm } = await outside();
    await sandbox.addFault({
      match: { path: TOKEN },
      times: 1,
      action: { status: 503, headers: { 'Retry-After': '7', 'Content-Type': 'text/html' }, body: '<html>' },
    });

    const faulty = await postForm(TOKEN, FRONT_DESK);
    const state = sandbox.state();
    const good = await postForm(TOKEN, FRONT_DESK);

    expect(faulty).toMatchObject({ status: 503, text: '<html>', headers: { 'retry-after': '7', 'content-type': 'text/html' } });
    expect([state.sessions, state.faults]).toEqual([[], []]);
    expect(good.status).toBe(200);
  });

  test('a body that is no text is sent as JSON; one that is absent is empty', async () => {
    const { sandbox, ask } = await outside();
    await sandbox.addFault({ match: {}, times: 1, action: { status: 401, body: { errorCode: 'CMN-405' } } });
    await sandbox.addFault({ match: {}, times: 1, action: { status: 400, headers: { 'Content-Type': 'application/problem+json' }, body: [] } });
    await sandbox.addFault({ match: {}, times: 1, action: { status: 500 } });

    const [json, problem, empty] = [await ask(ACCOUNT), await ask(ACCOUNT), await ask(ACCOUNT)];

    expect(json).toMatchObject({ status: 401, json: { errorCode: 'CMN-405' }, headers: { 'content-type': 'application/json;charset=UTF-8' } });
    expect(problem).toMatchObject({ status: 400, text: '[]', headers: { 'content-type': 'application/problem+json' } });
    expect([empty.status, empty.text]).toEqual([500, '']);
  });

  test('drop "before": the connection dies, and nothing took effect', async () => {
    const { sandbox, signIn, refresh, get } = await outside();
    const tokens = await signIn();
    await sandbox.addFault({ match: { grantType: 'refresh_token' }, times: 1, action: { drop: 'before' } });

    await expect(refresh(tokens.refresh_token)).rejects.toThrow(/socket hang up|ECONNRESET/);

    expect((await get(ACCOUNT, tokens.access_token)).status).toBe(200);
    expect(sandbox.requests(TOKEN).map(({ status, grantType }) => [status, grantType])).toEqual([
      [200, 'password'],
      [0, 'refresh_token'],
    ]);
  });

  test('drop "after": the connection dies, but it took effect', async () => {
    const { sandbox, signIn, refresh, get } = await outside();
    const tokens = await signIn();
    await sandbox.addFault({ match: { grantType: 'refresh_token' }, times: 1, action: { drop: 'after' } });

    await expect(refresh(tokens.refresh_token)).rejects.toThrow(/socket hang up|ECONNRESET/);

    expect(codes(await get(ACCOUNT, tokens.access_token))).toEqual([401, 'TokenInvalid', 'OAU-129']);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
    expect(sandbox.requests(TOKEN).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('delayMs holds the request before it takes effect', async () => {
    const { sandbox, clock, postForm } = await outside();
    await sandbox.addFault({ match: {}, times: 1, action: { delayMs: 1_234 } });

    const waiting = postForm(TOKEN, FRONT_DESK);
    await until(() => clock.sleeping().length === 1);
    const during = sandbox.state().sessions.length;
    const asleep = clock.sleeping();
    clock.wakeAll();

    expect([during, asleep]).toEqual([0, [1_234]]);
    expect((await waiting).status).toBe(200);
  });

  test('a request that is held takes effect though its caller has gone', async () => {
    const { sandbox, clock } = await outside();
    await sandbox.addFault({ match: {}, times: 1, action: { delayMs: 1_234 } });
    const impatience = new AbortController();
    const headers = { authorization: basic(APP) };
    const given = fetch(sandbox.origin + TOKEN, { method: 'POST', headers, body: new URLSearchParams(FRONT_DESK), signal: impatience.signal });
    await until(() => clock.sleeping().length === 1);

    impatience.abort();
    await expect(given).rejects.toThrow('aborted');
    clock.wakeAll();
    await until(() => sandbox.requests(TOKEN)[0]?.status === 200);

    expect(sandbox.state().sessions).toHaveLength(1);
  });

  test('delayMs goes together with a status and with a drop', async () => {
    const { sandbox, clock, ask } = await outside();
    await sandbox.addFault({ match: {}, times: 1, action: { delayMs: 1, status: 502 } });
    await sandbox.addFault({ match: {}, times: 1, action: { delayMs: 1, drop: 'before' } });

    const answers: unknown[] = [];
    for (let count = 0; count < 2; count += 1) {
      const waiting = ask('/restapi').then(
        ({ status }) => status,
        () => 'dropped',
      );
      await until(() => clock.sleeping().length === 1);
      clock.wakeAll();
      answers.push(await waiting);
    }

    expect(answers).toEqual([502, 'dropped']);
  });

  test('a sandbox that closes waits for no delay', async () => {
    const { sandbox, clock, ask } = await outside();
    await sandbox.addFault({ match: {}, times: 1, action: { delayMs: 600_000 } });
    const waiting = ask('/restapi').catch((error: Error) => error.message);
    await until(() => clock.sleeping().length === 1);

    await sandbox.close();

    expect(await waiting).toMatch(/socket hang up|ECONNRESET/);
    expect(clock.sleeping()).toEqual([]);
  });

  test.each<[string, Fault['match'], readonly number[]]>([
    ['everything', {}, [503, 503, 503, 503]],
    ['a method', { method: 'post' }, [200, 503, 503, 503]],
    ['a path', { path: EXTENSION }, [503, 200, 200, 200]],
    ['the beginning of a path', { path: `${EXTENSION}*` }, [503, 503, 200, 200]],
    ['a grant type', { grantType: 'password' }, [200, 200, 503, 200]],
    ['all three', { method: 'POST', path: TOKEN, grantType: 'refresh_token' }, [200, 200, 200, 503]],
  ])('may be for %s', async (_what, match, statuses) => {
    const { sandbox, signIn, get, postJson, postForm, refresh } = await outside();
    const tokens = await signIn();
    await sandbox.addFault({ match, times: 100, action: { status: 503 } });

    const answers = [
      await get(EXTENSION, tokens.access_token),
      await postJson(RING_OUT, CALL, tokens.access_token),
      await postForm(TOKEN, FRONT_DESK),
      await refresh(tokens.refresh_token),
    ];

    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  test('are met in their order, each as often as it says', async () => {
    const { sandbox, ask } = await outside();
    await sandbox.addFault({ match: { path: '/restapi' }, times: 2, action: { status: 501 } });
    await sandbox.addFault({ match: {}, times: 2, action: { status: 502 } });

    const statuses = [];
    for (const path of ['/restapi', '/restapi/v1.0', '/restapi', '/restapi', '/restapi']) statuses.push((await ask(path)).status);

    expect(statuses).toEqual([501, 502, 501, 502, 200]);
  });

  test('do not touch the controls', async () => {
    const { sandbox, ask } = await outside();
    await sandbox.addFault({ match: { path: '/*' }, times: 1, action: { drop: 'before' } });

    expect((await ask('/_sandbox/state')).json.faults).toEqual([{ match: { path: '/*' }, times: 1, action: { drop: 'before' } }]);
  });
});

describe('the request log', () => {
  test('holds what was asked in its order, without queries, secrets or controls', async () => {
    const { sandbox, clock, signIn, refresh, ask } = await outside();
    const tokens = await signIn();
    await sandbox.advance(5_000);
    await refresh(tokens.refresh_token);
    await ask(`${ACCOUNT}?access_token=canary`);
    await ask('/_sandbox/state');
    await ask(TOKEN, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(APP) },
      body: 'grant_type=canary',
    });

    expect((await ask('/_sandbox/requests')).json).toEqual({
      requests: [
        { at: clock.now(), method: 'POST', path: TOKEN, status: 200, grantType: 'password' },
        { at: clock.now() + 5_000, method: 'POST', path: TOKEN, status: 200, grantType: 'refresh_token' },
        { at: clock.now() + 5_000, method: 'GET', path: ACCOUNT, status: 401 },
        { at: clock.now() + 5_000, method: 'POST', path: TOKEN, status: 400 },
      ],
    });
    expect(sandbox.requests()).toEqual((await ask('/_sandbox/requests')).json.requests);
  });

  test.each([
    ['/restapi', ['/restapi']],
    ['/restapi/*', ['/restapi/v1.0', '/restapi/v2.0']],
    ['*', ['/restapi', '/restapi/v1.0', '/restapi/v2.0']],
    ['', ['/restapi', '/restapi/v1.0', '/restapi/v2.0']],
    ['/nothing', []],
  ])('can be asked for %s alone', async (pattern, paths) => {
    const { sandbox, ask } = await outside();
    for (const path of ['/restapi', '/restapi/v1.0', '/restapi/v2.0']) await ask(path);

    const { json } = await ask(`/_sandbox/requests?path=${encodeURIComponent(pattern)}`);

    expect((json.requests as { path: string }[]).map(({ path }) => path)).toEqual(paths);
    expect(sandbox.requests(pattern || undefined)).toHaveLength(paths.length);
  });
});

describe('the state', () => {
  test('tells what there is, and no secret', async () => {
    const { sandbox, signIn, postJson, ask, postForm } = await outside();
    const tokens = await signIn();
    const revoked = await signIn({}, OTHER_APP);
    await postForm('/restapi/oauth/revoke', { token: revoked.access_token }, OTHER_APP);
    const { json: placed } = await postJson(RING_OUT, CALL, tokens.access_token);
    await sandbox.addFault({ match: { path: '/x' }, times: 3, action: { status: 500, headers: { 'x-a': 'canary' }, body: 'canary' } });
    await sandbox.advance(2_000);

    const { text, json } = await ask('/_sandbox/state');

    expect(json).toEqual(JSON.parse(JSON.stringify(sandbox.state())));
    expect(json.apps).toMatchObject([
      { clientId: 'YourAppKey', isPublic: false, redirectUris: expect.arrayContaining(['https://myapp.acme.com/oauth2redirect']) },
      { clientId: 'TrunklineDemoKey' },
    ]);
    expect(json.users).toContainEqual({ ownerId: '256440016', accountId: '256439016', mainNumber: '+18559100010', extensionNumber: '101', name: 'Warehouse' });
    expect(json.sessions).toMatchObject([{ id: tokens.session_id, clientId: 'YourAppKey', ownerId: '403141004' }]);
    expect(json.ringOuts).toMatchObject([
      { id: placed.id, from: '+16505553711', to: '+16505551230', status: { callerStatus: 'Success', calleeStatus: 'InProgress' } },
    ]);
    expect(json.faults).toEqual([{ match: { path: '/x' }, times: 3, action: { status: 500 } }]);
    for (const secret of ['121212', 'Myp@ssw0rd', 'YourAppSecret', 'TrunklineDemoSecret', 'SBXA', 'SBXR', 'canary']) expect(text).not.toContain(secret);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
