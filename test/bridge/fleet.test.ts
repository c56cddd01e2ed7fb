import { expect, test } from 'vitest';
import { DEMO } from '../../src/sandbox/demo.ts';
import { type BridgeWorld, bridgeWorld, EXTENSION, PASSWORD_GRANT, REVOKE_PATH, type Told } from './world.ts';

const PROGRAMS = 1_000;
// As many as this machine takes at once without a queue of connections.
const AT_ONCE = 100;
// The sandbox's tokens begin with it.
const PLATFORM_TOKEN = /SBX[AR][\w-]{10}/;

test('a thousand programs that log in and refresh at once cost the platform no token request while the Grant is alive', async () => {
  const world = await bridgeWorld();
  await world.tokens.usableGrant('front-desk');
  const before = world.tokenRequests().length;

  const logins = await inTurns(PROGRAMS, () => world.send(PASSWORD_GRANT));
  const refreshed = await inTurns(PROGRAMS, (index) => world.send({ grant_type: 'refresh_token', refresh_token: String(logins[index]?.body.refresh_token) }));

  expect(new Set([...logins, ...refreshed].map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(logins.map(({ body }) => body.session_id)).size).toBe(PROGRAMS);
  expect(world.tokenRequests()).toHaveLength(before);
  // Five sessions are the platform's limit, not ours: the first one is as good as the last.
  expect((await world.call(refreshed[0]?.body.access_token)).status).toBe(200);
}, 180_000);

test('nothing that a program is ever told holds one of RingCentral’s tokens, or a secret that rests here', async () => {
  const world = await bridgeWorld();

  const told = await everything(world);

  const grant = await world.store.findGrant('front-desk');
  const secrets = [grant?.accessToken.reveal() ?? '-', grant?.refreshToken?.reveal() ?? '-'];
  expect(secrets.every((secret) => PLATFORM_TOKEN.test(secret))).toBe(true);
  for (const { text, headers } of told) {
    const all = text + JSON.stringify([...headers]);
    for (const secret of secrets) expect(all).not.toContain(secret);
    expect(all).not.toMatch(PLATFORM_TOKEN);
  }
  expect(world.logged.join('\n')).not.toMatch(/SBX[AR][\w-]{10}|tlb_/);
});

test('no token of a program gets one of RingCentral’s, nor does it manage; and neither metrics nor audit trail hold any', async () => {
  const world = await bridgeWorld({ client: { policy: { token: true } } });
  const { body } = await world.send(PASSWORD_GRANT);
  const key = String(world.created.body.key);
  const token = '/trunkline/api/connections/front-desk/token';

  const handedOut = await world.ask('GET', token, key);
  const refused = await Promise.all([
    ...[body.access_token, body.refresh_token].flatMap((bearer) => [
      world.call(bearer, token),
      world.call(bearer, `${token}?for=ringcx`),
      world.call(bearer, '/trunkline/api/clients'),
      world.call(bearer, '/restapi/oauth/authorize'),
      world.call(bearer, '/media/restapi/oauth/userinfo'),
      world.call(bearer, '/api/auth/login/rc/accesstoken'),
    ]),
    world.send({ rcAccessToken: String(handedOut.body.access_token) }, '', '/api/auth/login/rc/accesstoken'),
    world.call(handedOut.body.access_token),
  ]);

  expect([handedOut.status, PLATFORM_TOKEN.test(handedOut.text)]).toEqual([200, true]);
  for (const { status, text, headers } of refused) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text + JSON.stringify([...headers])).not.toMatch(PLATFORM_TOKEN);
  }
  const kept = [await world.manage('GET', '/metrics'), await world.manage('GET', 'audit?limit=1000'), await world.manage('GET', 'clients/old')];
  for (const { status, text } of kept) {
    expect(status).toBe(200);
    expect(text).not.toMatch(/SBX[AR][\w-]{10}|tlb_[\w-]{20}|argon2/);
    for (const secret of [PASSWORD_GRANT.password, key, DEMO.app.clientSecret]) expect(text).not.toContain(secret);
  }
});

async function everything(world: BridgeWorld): Promise<Told[]> {
  const login = await world.send(PASSWORD_GRANT);
  const refreshed = await world.send({ grant_type: 'refresh_token', refresh_token: String(login.body.refresh_token) });
  const token = refreshed.body.access_token;
  const told = [login, refreshed, await world.send({ ...PASSWORD_GRANT, password: 'x' }), await world.call(login.body.access_token)];
  for (const path of [EXTENSION, '/restapi/v1.0/account/~', '/restapi/v1.0/nowhere', `${EXTENSION}/call-log`, '/restapi/oauth/nowhere', '/RESTAPI/OAUTH/TOKEN'])
    told.push(await world.call(token, path));
  await world.sandbox.addFault({
    match: { path: EXTENSION },
    times: 5,
    action: { status: 401, body: { errorCode: 'TokenInvalid', errors: [{ errorCode: 'OAU-213' }] } },
  });
  told.push(await world.call(token), await world.send({ token: String(token) }, undefined, REVOKE_PATH), await world.call(token));
  return told;
}

async function inTurns(count: number, ask: (index: number) => Promise<Told>): Promise<Told[]> {
  const told: Told[] = [];
  for (let begun = 0; begun < count; begun += AT_ONCE) told.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => ask(begun + index)))));
  return told;
}
