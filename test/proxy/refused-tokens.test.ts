import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO_DATA } from '../../src/sandbox/demo.ts';
import { MINUTE_MS, ringCxRequests } from '../broker/ring-cx-world.ts';
import { gateway } from '../http/gateway.ts';

const EXTENSION = '/restapi/v1.0/account/~/extension/~';
const ACCOUNTS = '/voice/api/v1/admin/accounts';

async function listening() {
  const at = await gateway();
  await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => at.server.close());
  const origin = `http://127.0.0.1:${(at.server.server.address() as AddressInfo).port}`;
  const asking = (key: string) => async (path: string) => {
    const answer = await fetch(origin + path, { headers: { authorization: `Bearer ${key}`, connection: 'close' } });
    return { status: answer.status, text: await answer.text(), error: answer.headers.get('trunkline-error') };
  };
  return { ...at, asking, ask: asking(await at.key()) };
}

describe('RingCX’s `Jwt is expired`', () => {
  test('G6, G10: is met with one forced Refresh and one repeat, however many callers meet it', async () => {
    const at = await listening();
    await at.ask(ACCOUNTS);
    await at.sandbox.advance(5 * MINUTE_MS);

    const answers = await Promise.all(Array.from({ length: 200 }, () => at.ask(ACCOUNTS)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
    expect(at.sandbox.requests(ACCOUNTS).length).toBeLessThanOrEqual(401);
  });

  test('G6, 15: one that the newer token meets, too, reaches the caller: two requests, one exchange, never a loop', async () => {
    const at = await listening();
    await at.ask(ACCOUNTS);
    await at.sandbox.addFault({ match: { path: ACCOUNTS }, times: 10, action: { status: 401, body: 'Jwt is expired' } });

    const { status, text, error } = await at.ask(ACCOUNTS);

    expect([status, text, error]).toEqual([401, 'Jwt is expired', null]);
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
    // One that was answered before, this one, and its repeat.
    expect(at.sandbox.requests(ACCOUNTS)).toHaveLength(3);
  });

  test('G6: another 401 of RingCX forces nothing', async () => {
    const at = await listening();
    await at.ask(ACCOUNTS);
    await at.sandbox.addFault({ match: { path: ACCOUNTS }, times: 1, action: { status: 401, body: 'Jwt verification fails' } });

    const { status, text } = await at.ask(ACCOUNTS);

    expect([status, text, ringCxRequests(at)]).toEqual([401, 'Jwt verification fails', ['exchange']]);
  });
});

describe('a 401 with another cause than its token', () => {
  test('G6, 15: account data asked for by a signup session reaches all 200 callers as it came, and no token is asked for', async () => {
    const at = await listening();
    const partner = DEMO_DATA.apps.find(({ brandIds }) => brandIds?.includes('1234'));
    const clientSecret = new Secret(partner?.clientSecret ?? '');
    await at.apps.createApp({ name: 'partner', platformOrigin: at.sandbox.origin, clientId: partner?.clientId ?? '', clientSecret });
    await at.connections.createConnection({ name: 'signup', app: 'partner', credentials: [{ kind: 'client_credentials', brandId: '1234' }] });
    const ask = at.asking(await at.key(undefined, ['signup'], 'partner'));
    // What a signup session may see says that no limit is in force.
    await ask('/restapi/v1.0/dictionary/country');

    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(EXTENSION)));

    expect(new Set(answers.map(({ status, text, error }) => [status, (JSON.parse(text) as { errorCode: string }).errorCode, error].join(' ')))).toEqual(
      new Set(['401 CMN-405 ']),
    );
    expect(at.tokenRequests()).toEqual(['client_credentials']);
    expect(at.sandbox.requests(EXTENSION)).toHaveLength(200);
  });

  test('G6: AGW-401 reaches the caller as it came', async () => {
    const at = await listening();
    const body = { errorCode: 'AGW-401', message: 'Authorization header is not specified', errors: [{ errorCode: 'AGW-401' }] };
    await at.sandbox.addFault({ match: { path: EXTENSION }, times: 1, action: { status: 401, body } });

    const { status, text } = await at.ask(EXTENSION);

    expect([status, JSON.parse(text), at.tokenRequests()]).toEqual([401, body, ['password']]);
    expect(at.sandbox.requests(EXTENSION)).toHaveLength(1);
  });

  test('G6, 15: a token that stays refused costs one Refresh and one repeat, never a loop', async () => {
    const at = await listening();
    const body = { errorCode: 'OAU-129', message: 'Access token not found', errors: [{ errorCode: 'OAU-129' }] };
    await at.sandbox.addFault({ match: { path: EXTENSION }, times: 1_000, action: { status: 401, body } });

    const { status, text } = await at.ask(EXTENSION);

    expect([status, JSON.parse(text)]).toEqual([401, body]);
    expect(at.tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(at.sandbox.requests(EXTENSION)).toHaveLength(2);
  });
});
