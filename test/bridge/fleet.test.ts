import { expect, test } from 'vitest';
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
