import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEMO } from '../../src/sandbox/demo.ts';
import { gateway } from '../http/gateway.ts';
import { TOKEN_PATH, until } from '../world.ts';

const EXTENSION = '/restapi/v1.0/account/~/extension/~';

const CORRUPTED = { status: 401, body: { errorCode: 'TokenInvalid', message: 'Access token corrupted', errors: [{ errorCode: 'OAU-129' }] } };

/** A gateway that listens, with a Client and its key. */
async function listening(policy?: object) {
  const at = await gateway();
  await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => at.server.close());
  const origin = `http://127.0.0.1:${(at.server.server.address() as AddressInfo).port}`;
  const key = await at.key(policy);
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(origin + path, { ...init, headers: { authorization: `Bearer ${key}`, connection: 'close', ...(init.headers as Record<string, string>) } });
  return { ...at, origin, key, ask };
}

describe('the proxy', () => {
  test('puts the token in, and passes the answer back as it came', async () => {
    const { ask, sandbox } = await listening();

    const answer = await ask(EXTENSION);
    const body = (await answer.json()) as { uri: string };

    expect(answer.status).toBe(200);
    expect(body.uri.startsWith(sandbox.origin)).toBe(true);
    expect(answer.headers.get('rcrequestid')).not.toBeNull();
    expect(answer.headers.get('trunkline-error')).toBeNull();
  });

  test('35: a key in the query or under /k/ is as good as one in the header', async () => {
    const { origin, key } = await listening();

    const query = await fetch(`${origin}${EXTENSION}?access_token=${key}`);
    const path = await fetch(`${origin}/k/${key}${EXTENSION}`);

    expect([query.status, path.status]).toEqual([200, 200]);
  });

  test('22: what waits for the platform’s limits does not leave once its Client is frozen', async () => {
    const { ask, sandbox, clock, freezes } = await listening();
    await sandbox.setLimits({ scale: 1 });
    for (let count = 0; count < 50; count += 1) await ask(EXTENSION);
    clock.advance(55_000);

    const waiting = ask(EXTENSION);
    await until(() => clock.isAsleepFor(5_100));
    await freezes.freeze('client', 'crm', { by: 'admin' });
    clock.advance(5_100);
    const answer = await waiting;

    expect([answer.status, answer.headers.get('trunkline-error')]).toEqual([503, 'frozen']);
    expect(sandbox.requests(EXTENSION)).toHaveLength(50);
  });

  test('a key that nobody has is refused in the shape that programs read', async () => {
    const { origin, tokenRequests } = await listening();

    const answer = await fetch(`${origin}${EXTENSION}`, { headers: { authorization: 'Bearer tlk_unknown' } });

    expect(answer.status).toBe(401);
    expect(answer.headers.get('trunkline-error')).toBe('client_unknown');
    expect(await answer.json()).toMatchObject({ errorCode: 'client_unknown', errors: [{ errorCode: 'client_unknown' }] });
    expect(tokenRequests()).toEqual([]);
  });

  test('P3: a Permission that the Policy does not list is refused as the platform would', async () => {
    const { ask } = await listening({ permissions: ['RingOut'] });

    const answer = await ask(EXTENSION);

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ errorCode: 'InsufficientPermissions', errors: [{ errorCode: 'CMN-401' }] });
  });

  test('36: a method that is tunnelled through POST is the one that the Policy judges', async () => {
    const { ask, sandbox } = await listening({ methods: ['GET', 'POST'] });

    const header = await ask(EXTENSION, { method: 'POST', headers: { 'x-http-method-override': 'DELETE' } });
    const query = await ask(`${EXTENSION}?_method=PUT`, { method: 'POST' });

    expect([header.status, query.status]).toEqual([403, 403]);
    expect(sandbox.requests(EXTENSION)).toEqual([]);
  });

  test('G6: a request that meets a 401 because its token was replaced is repeated once with the newer one, body included', async () => {
    const { ask, sandbox, tokens, tokenRequests } = await listening();
    await ask(EXTENSION);
    await sandbox.reset();
    await sandbox.setLimits({ scale: 0 });

    const ringOut = { from: { phoneNumber: '+16505553711' }, to: { phoneNumber: '+15555550100' } };
    const answer = await ask(`${EXTENSION}/ring-out`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ringOut) });

    expect(answer.status).toBe(200);
    expect(tokenRequests()).toEqual(['refresh_token', 'password']);
    expect((await tokens.usableGrant('front-desk')).generation).toBe(2);
  });

  test('G6: one whose newer token was replaced while it was on its way is repeated with the newest', async () => {
    const { ask, sandbox, clock, tokens, tokenRequests } = await listening();
    await ask(EXTENSION);
    await sandbox.addFault({ match: { path: EXTENSION }, times: 1, action: CORRUPTED });
    await sandbox.addFault({ match: { path: EXTENSION }, times: 1, action: { ...CORRUPTED, delayMs: 1_000 } });

    const asked = ask(EXTENSION);
    await until(() => sandbox.requests(EXTENSION).length === 3 && clock.isAsleepFor(1_000));
    await tokens.newerGrant(await tokens.usableGrant('front-desk'));
    clock.advance(1_000);

    expect((await asked).status).toBe(200);
    expect(sandbox.requests(EXTENSION).map(({ status }) => status)).toEqual([200, 401, 401, 200]);
    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'refresh_token']);
  });

  test('G6: a 401 that meets the newest token reaches the caller, after one Refresh and never in a loop', async () => {
    const { ask, sandbox, tokenRequests } = await listening();
    await sandbox.addFault({ match: { path: EXTENSION }, times: 100, action: CORRUPTED });

    const answers = [await ask(EXTENSION), await ask(EXTENSION)];

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    // Of the second the newest token was another by then: it may be tried once, too.
    expect(sandbox.requests(EXTENSION)).toHaveLength(4);
    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'refresh_token']);
  });

  test('G6: a 401 with another cause reaches the caller, and forces no Refresh', async () => {
    const { ask, sandbox, tokenRequests } = await listening();
    const body = { errorCode: 'CMN-405', message: 'Login to extension required', errors: [{ errorCode: 'CMN-405' }] };
    await sandbox.addFault({ match: { path: EXTENSION }, times: 1, action: { status: 401, body } });

    const answer = await ask(EXTENSION);

    expect([answer.status, await answer.json()]).toEqual([401, body]);
    expect(tokenRequests()).toEqual(['password']);
  });

  test('G6: 200 callers that meet a real one force one Refresh, and all are answered', async () => {
    const { ask, sandbox, store, tokens, tokenRequests } = await listening();
    // After some answers without a limit it is known that there is none.
    for (let asked = 0; asked < 4; asked += 1) await ask(EXTENSION);
    const { refreshToken } = (await store.findGrant('front-desk')) ?? {};
    // Another program refreshes the same Grant, and the access token is dead.
    await refreshElsewhere(sandbox.origin, refreshToken?.reveal() ?? '');

    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await ask(EXTENSION)).status));

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'refresh_token']);
    expect((await tokens.usableGrant('front-desk')).generation).toBe(2);
  });

  test.each([`${EXTENSION}/../../x`, '/restapi//v1.0', '/restapi/v1.0/%2e%2e/x', '/restapi/v1.0/a%2fb', '/restapi/%5c'])(
    '33: %s is not forwarded',
    async (path) => {
      const { origin, key, sandbox } = await listening();
      const { port, hostname } = new URL(origin);

      const answer = await rawGet(hostname, Number(port), path, key);

      expect(answer).toMatch(/^HTTP\/1\.1 (400|404) /);
      expect(sandbox.requests('').filter((request) => request.path !== TOKEN_PATH)).toEqual([]);
    },
  );
});

async function refreshElsewhere(origin: string, refreshToken: string): Promise<void> {
  const { clientId, clientSecret } = DEMO.app;
  await fetch(origin + TOKEN_PATH, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  });
}

async function rawGet(host: string, port: number, path: string, key: string): Promise<string> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, host, () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`));
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.on('close', () => resolve(text));
  });
}
