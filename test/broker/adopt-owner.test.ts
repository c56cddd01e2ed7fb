import { describe, expect, test } from 'vitest';
import { createTrail } from '../../src/audit/trail.ts';
import { revokeNext } from '../../src/broker/revocations.ts';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { passwordGrantRequest } from '../../src/oauth/password.ts';
import type { TokenApp, Wire } from '../../src/oauth/token-request.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { SILENT } from '../silent-log.ts';
import { type World, world } from '../world.ts';

const FRONT_DESK = '403141004';
const asFrontDesk = (app: TokenApp, wire: Wire) =>
  passwordGrantRequest(app, { kind: 'password', username: '18889363711', extension: '101', password: new Secret('1234') }, wire);

/** How many sessions of the platform wait to be ended. */
async function endings({ store, clock, fetch }: World): Promise<number> {
  const trail = createTrail({ store, clock, log: SILENT });
  let count = 0;
  while (await revokeNext({ store, clock, random: systemRandom, fetch, log: SILENT, trail, mayAsk: async () => 0 })) count += 1;
  return count;
}

describe('adoptGrantOfOwner', () => {
  test('the Connection is chosen by the owner of the tokens, and created with its labels where it is not there', async () => {
    const it = await world({ connections: [] });
    const asked: string[] = [];
    const connectionFor = async (ownerId: string) => {
      asked.push(ownerId);
      return `shop-${ownerId}`;
    };

    const grant = await it.adoptOfOwner({ app: 'demo', labels: { by: 'shop' }, connectionFor }, asFrontDesk);

    expect(asked).toEqual([FRONT_DESK]);
    expect(grant).toMatchObject({ connection: `shop-${FRONT_DESK}`, generation: 1, ownerId: FRONT_DESK });
    expect(await it.store.findConnection(grant.connection)).toMatchObject({ app: 'demo', labels: { by: 'shop' }, ownerId: FRONT_DESK });
    expect((await it.tokens.usableGrant(grant.connection)).accessToken.reveal()).toBe(grant.accessToken.reveal());
  });

  test('one that needs a sign-in is repaired, and the session of its Grant before that ends', async () => {
    const it = await world();
    const before = await it.tokens.usableGrant('front-desk');
    await it.store.replaceCredentials('front-desk', []);
    const needed = await it.store.needSignIn('front-desk', before.generation, { at: it.clock.now(), code: 'OAU-213' });

    const grant = await it.adoptOfOwner({ app: 'demo', labels: {}, connectionFor: async () => 'front-desk' }, asFrontDesk);

    expect([needed, grant.generation]).toEqual([true, before.generation + 1]);
    expect((await it.store.findConnection('front-desk'))?.signInNeeded).toBeUndefined();
    expect(await endings(it)).toBe(1);
  });

  test('where no Connection can be had for it, the session that was just begun ends', async () => {
    const it = await world({ connections: [] });
    const connectionFor = () => Promise.reject(new ConnectionNotFound('none'));

    await expect(it.adoptOfOwner({ app: 'demo', labels: {}, connectionFor }, asFrontDesk)).rejects.toBeInstanceOf(ConnectionNotFound);

    expect(await endings(it)).toBe(1);
    expect((await it.store.listConnections({ limit: 10 })).items).toEqual([]);
  });

  test("another user's Connection is not taken, whatever is chosen", async () => {
    const it = await world({ connections: ['back-office'] });
    const before = await it.tokens.usableGrant('back-office');

    await expect(it.adoptOfOwner({ app: 'demo', labels: {}, connectionFor: async () => 'back-office' }, asFrontDesk)).rejects.toMatchObject({
      code: 'owner_changed',
    });

    expect((await it.store.findGrant('back-office'))?.generation).toBe(before.generation);
    expect(await endings(it)).toBe(1);
  });

  test('G7: it costs one slot of the budget', async () => {
    const it = await world({ connections: [] });
    const app = { ...(await it.apps.getApp('demo')), tokenRequestsPerMinute: 5 };
    await it.store.updateApp(app);
    await it.tokens.budgets.keepAgreement(app);

    await it.adoptOfOwner({ app: 'demo', labels: {}, connectionFor: async (ownerId) => `shop-${ownerId}` }, asFrontDesk);

    expect((await it.store.findBudget('demo', it.clock.now())).slots).toHaveLength(1);
    expect(it.tokenRequests()).toEqual(['password']);
  });
});
