import { describe, expect, test } from 'vitest';
import type { BridgeCode } from '../../src/domain/bridge-code.ts';
import { ClientNotFound, ConnectionNotFound } from '../../src/domain/errors.ts';
import { NOW, type OpenStore, sampleClient, sampleConnection, sampleKey, withConnections, worldsOf } from './world.ts';

function sampleCode(of: Partial<BridgeCode> = {}): BridgeCode {
  return {
    hash: 'c0'.repeat(32),
    client: 'billing',
    connection: 'front-desk',
    clientId: 'old-app',
    redirectUri: 'https://shop.example.com/callback',
    isRedirectUriNamed: true,
    challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    expiresAt: NOW + 60_000,
    presentedAt: undefined,
    session: undefined,
    ...of,
  };
}

/** What every BridgeCodeStore does. */
export function describeBridgeCodeStore(name: string, open: OpenStore): void {
  describe(`BridgeCodeStore on ${name}`, () => {
    const worlds = worldsOf(open);
    const world = async () => {
      const made = await worlds();
      await withConnections(made.store, 'front-desk');
      await made.store.createClient(sampleClient());
      return made;
    };

    test('of many who bring one code at once, one finds that it was not presented yet', async () => {
      const { store, other } = await world();
      await store.createBridgeCode(sampleCode());

      const taken = await Promise.all(Array.from({ length: 6 }, (_, index) => (index % 2 ? other : store).takeBridgeCode('c0'.repeat(32), NOW + 5)));

      expect(taken.filter((code) => code?.presentedAt === undefined)).toEqual([sampleCode()]);
      expect(taken.filter((code) => code?.presentedAt === NOW + 5)).toHaveLength(5);
    });

    test('what came of it is known when it comes again, and who has none is told nothing', async () => {
      const { store, other } = await world();
      const code = sampleCode({ isRedirectUriNamed: false });
      delete (code as { challenge?: string }).challenge;
      await store.createBridgeCode(code);
      await other.takeBridgeCode(code.hash, NOW + 5);
      const settled = await other.settleBridgeCode(code.hash, 'a-session');

      expect(settled).toBe(true);
      expect(await store.takeBridgeCode(code.hash, NOW + 9)).toEqual({ ...code, presentedAt: NOW + 5, session: 'a-session' });
      expect(await store.takeBridgeCode('00'.repeat(32), NOW)).toBeUndefined();
    });

    test('one that comes again before a session came of it brings none', async () => {
      const { store, other } = await world();
      await store.createBridgeCode(sampleCode());
      await store.takeBridgeCode('c0'.repeat(32), NOW);
      await other.takeBridgeCode('c0'.repeat(32), NOW);

      expect(await store.settleBridgeCode('c0'.repeat(32), 'a-session')).toBe(false);
    });

    test('the Clients of an App are those without a client id of their own, with what they list', async () => {
      const { store, other } = await world();
      const bridge = { clientId: undefined, secretHash: undefined, redirectUris: ['https://shop.example.com/callback'], origins: [] };
      await store.createClient(sampleClient({ name: 'shop', keys: [sampleKey({ hash: 'shop' })], bridge }));
      await store.createClient(sampleClient({ name: 'till', keys: [sampleKey({ hash: 'till' })], bridge: { ...bridge, clientId: 'its-own' } }));

      expect(await other.listProgramsOfApp('main', 9)).toEqual([
        { client: 'billing', redirectUris: [] },
        { client: 'shop', redirectUris: bridge.redirectUris },
      ]);
      expect(await other.listProgramsOfApp('another', 9)).toEqual([]);
    });

    test('it goes with its time, with its Client, and is not made for one that is gone', async () => {
      const { store, other } = await world();
      await store.createBridgeCode(sampleCode());
      await store.createBridgeCode(sampleCode({ hash: 'c1'.repeat(32), expiresAt: NOW + 60_001 }));
      await other.removeBridgeCodesOver(NOW + 60_001);
      const left = [await store.takeBridgeCode('c0'.repeat(32), NOW), await store.takeBridgeCode('c1'.repeat(32), NOW)];
      await other.removeClient('billing');

      expect(left.map((code) => code?.hash)).toEqual([undefined, 'c1'.repeat(32)]);
      expect(await store.takeBridgeCode('c1'.repeat(32), NOW)).toBeUndefined();
      await expect(store.createBridgeCode(sampleCode())).rejects.toBeInstanceOf(ClientNotFound);
      await expect(store.createBridgeCode(sampleCode({ connection: 'nowhere' }))).rejects.toBeInstanceOf(ConnectionNotFound);
    });

    test("a Connection becomes one of the Client's, once, and is found by its owner", async () => {
      const { store, other } = await world();
      await store.createConnection(sampleConnection({ name: 'of-otto', ownerId: '42' }), []);
      const before = await other.findConnectionOfOwner('billing', '42', 'main');

      await Promise.all([store.bindConnection('billing', 'of-otto'), other.bindConnection('billing', 'of-otto')]);

      expect(before).toBeUndefined();
      expect(await other.findConnectionOfOwner('billing', '42', 'main')).toBe('of-otto');
      expect(await other.findConnectionOfOwner('billing', '42', 'another')).toBeUndefined();
      expect((await other.findClient('billing'))?.connections).toEqual(['front-desk', 'of-otto']);
      await expect(store.bindConnection('nobody', 'of-otto')).rejects.toBeInstanceOf(ClientNotFound);
      await expect(store.bindConnection('billing', 'nowhere')).rejects.toBeInstanceOf(ConnectionNotFound);
    });
  });
}
