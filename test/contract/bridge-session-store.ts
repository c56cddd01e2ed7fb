import { describe, expect, test } from 'vitest';
import type { BridgeSession } from '../../src/domain/bridge-session.ts';
import { ClientNotFound, ConnectionNotFound } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { NOW, type OpenStore, revealed, sampleApp, sampleClient, sampleConnection, worldsOf } from './world.ts';

const SEED = 'a-seed-that-rests-sealed';

/** A session that has just begun. */
export function sampleBridgeSession(of: Partial<BridgeSession> = {}): BridgeSession {
  return {
    id: 'bridge-session-1',
    client: 'billing',
    connection: 'front-desk',
    clientId: 'client-id',
    endpointId: 'endpoint',
    generation: 1,
    current: {
      accessHash: 'a1'.repeat(32),
      accessExpiresAt: NOW + 3_600_000,
      refreshHash: 'b1'.repeat(32),
      refreshExpiresAt: NOW + 604_800_000,
      issuedAt: NOW,
      usedAt: undefined,
    },
    previous: undefined,
    seed: undefined,
    startedAt: NOW,
    revokedAt: undefined,
    ...of,
  };
}

function nextOf(session: BridgeSession, seed = SEED): BridgeSession {
  const { accessHash, refreshHash, refreshExpiresAt } = session.current;
  return {
    ...session,
    generation: session.generation + 1,
    current: { ...session.current, accessHash: 'a2'.repeat(32), refreshHash: 'b2'.repeat(32), issuedAt: NOW + 1_000 },
    previous: { accessHash, refreshHash, refreshExpiresAt },
    seed: new Secret(seed),
  };
}

/** What every BridgeSessionStore does. */
export function describeBridgeSessionStore(name: string, open: OpenStore): void {
  describe(`BridgeSessionStore on ${name}`, () => {
    const worlds = worldsOf(open);
    const world = async () => {
      const made = await worlds();
      await made.store.createApp(sampleApp());
      await made.store.createConnection(sampleConnection(), []);
      await made.store.createClient(sampleClient());
      return made;
    };

    test('a session is found as it was made, by another node too, with a refresh token or without', async () => {
      const { store, other } = await world();
      const without = sampleBridgeSession({
        id: 'without',
        current: { ...sampleBridgeSession().current, refreshHash: undefined, refreshExpiresAt: undefined },
      });
      await store.createBridgeSession(sampleBridgeSession());
      await store.createBridgeSession(without);

      expect(await other.findBridgeSession('bridge-session-1')).toEqual(sampleBridgeSession());
      expect(await other.findBridgeSession('without')).toEqual(without);
      expect(await other.findBridgeSession('none')).toBeUndefined();
    });

    test('of many who give it its next pair at once one does; the pair before is still known, and its seed rests sealed', async () => {
      const { store, other, look } = await world();
      await store.createBridgeSession(sampleBridgeSession());

      const rotated = await Promise.all(
        Array.from({ length: 6 }, (_, index) => (index % 2 ? other : store).rotateBridgeSession(nextOf(sampleBridgeSession()))),
      );
      const found = await other.findBridgeSession('bridge-session-1');
      const rows = await look('select * from bridge_sessions');

      expect(rotated.filter(Boolean)).toHaveLength(1);
      expect(revealed(found)).toEqual(revealed(nextOf(sampleBridgeSession())));
      expect(found?.seed?.reveal()).toBe(SEED);
      expect(Buffer.from(JSON.stringify(rows)).toString('latin1')).not.toContain(SEED);
      const [{ seed }] = rows as [{ seed: Uint8Array }];
      expect(Buffer.from(seed).toString('latin1')).not.toContain(SEED);
    });

    test('the first use of an access token is noted once, and not for a generation that is over', async () => {
      const { store, other } = await world();
      await store.createBridgeSession(sampleBridgeSession());
      await store.useBridgeSession('bridge-session-1', 1, NOW + 5);
      await other.useBridgeSession('bridge-session-1', 1, NOW + 9);
      const used = await other.findBridgeSession('bridge-session-1');
      await store.rotateBridgeSession(nextOf(sampleBridgeSession()));

      await store.useBridgeSession('bridge-session-1', 1, NOW + 20);

      expect(used?.current.usedAt).toBe(NOW + 5);
      expect((await other.findBridgeSession('bridge-session-1'))?.current.usedAt).toBeUndefined();
    });

    test('a session that was revoked gets no pair any more, and is revoked once', async () => {
      const { store, other } = await world();
      await store.createBridgeSession(sampleBridgeSession());

      const revoked = [await store.revokeBridgeSession('bridge-session-1', NOW + 7), await other.revokeBridgeSession('bridge-session-1', NOW + 8)];

      expect([...revoked, await other.revokeBridgeSession('none', NOW)]).toEqual([['bridge-session-1'], [], []]);
      expect(await other.rotateBridgeSession(nextOf(sampleBridgeSession()))).toBe(false);
      expect(await other.findBridgeSession('bridge-session-1')).toEqual(sampleBridgeSession({ revokedAt: NOW + 7 }));
    });

    test('with a session those end that were exchanged for it, whether it had ended before or not; no other does', async () => {
      const { store, other } = await world();
      await store.createBridgeSession(sampleBridgeSession());
      await store.createBridgeSession(sampleBridgeSession({ id: 'exchanged', exchangedFor: { session: 'bridge-session-1' } }));
      await store.createBridgeSession(sampleBridgeSession({ id: 'for-a-key', exchangedFor: { key: '1' } }));
      await store.createBridgeSession(sampleBridgeSession({ id: 'alone' }));

      const ended = await store.revokeBridgeSession('bridge-session-1', NOW + 7);
      await store.createBridgeSession(sampleBridgeSession({ id: 'late', exchangedFor: { session: 'bridge-session-1' } }));
      const again = await other.revokeBridgeSession('bridge-session-1', NOW + 8);

      expect([ended, again]).toEqual([['bridge-session-1', 'exchanged'], ['late']]);
      expect((await other.findBridgeSession('exchanged'))?.revokedAt).toBe(NOW + 7);
      expect(await other.findBridgeSession('for-a-key')).toEqual(sampleBridgeSession({ id: 'for-a-key', exchangedFor: { key: '1' } }));
      expect((await other.findBridgeSession('alone'))?.revokedAt).toBeUndefined();
    });

    test('all sessions of a Client end at once, and are counted; those of others go on', async () => {
      const { store, other } = await world();
      await store.createClient(sampleClient({ name: 'crm', keys: [], connections: [] }));
      for (const id of ['one', 'two', 'ended']) await store.createBridgeSession(sampleBridgeSession({ id }));
      await store.createBridgeSession(sampleBridgeSession({ id: 'of-crm', client: 'crm' }));
      await store.revokeBridgeSession('ended', NOW);

      const ended = [await store.revokeBridgeSessionsOf('billing', NOW + 5), await other.revokeBridgeSessionsOf('billing', NOW + 6)];

      const found = await Promise.all(['one', 'two', 'ended', 'of-crm'].map((id) => other.findBridgeSession(id)));
      expect(ended).toEqual([2, 0]);
      expect(found.map((session) => session?.revokedAt)).toEqual([NOW + 5, NOW + 5, NOW, undefined]);
    });

    test('what is over is removed, with a Client its sessions, and with a Connection its', async () => {
      const { store, other } = await world();
      const short = { ...sampleBridgeSession().current, refreshHash: undefined, refreshExpiresAt: undefined };
      await store.createBridgeSession(sampleBridgeSession());
      await store.createBridgeSession(sampleBridgeSession({ id: 'short', current: short }));
      await store.createConnection(sampleConnection({ id: 'other', name: 'back-office' }), []);
      await store.createClient(sampleClient({ name: 'crm', keys: [], connections: ['back-office'] }));
      await store.createBridgeSession(sampleBridgeSession({ id: 'of-crm', client: 'crm', connection: 'back-office' }));
      await store.createBridgeSession(sampleBridgeSession({ id: 'of-connection', connection: 'back-office' }));
      const left = async () => {
        const found = await Promise.all(['bridge-session-1', 'short', 'of-crm', 'of-connection'].map((id) => other.findBridgeSession(id)));
        return found.map((session) => session !== undefined);
      };

      await store.removeBridgeSessionsOver(NOW + 3_600_001, 9);
      const swept = await left();
      await store.removeClient('crm');
      const withoutClient = await left();
      await store.removeConnection('back-office');

      expect(swept).toEqual([true, false, true, true]);
      expect(withoutClient).toEqual([true, false, false, true]);
      expect(await left()).toEqual([true, false, false, false]);
    });

    test('of very many sessions of a Client on a Connection the newest stay', async () => {
      const { store, other } = await world();
      await store.createConnection(sampleConnection({ id: 'other', name: 'back-office' }), []);
      const made = async (id: string, age: number, connection = 'front-desk') => {
        const { current } = sampleBridgeSession();
        await store.createBridgeSession(sampleBridgeSession({ id, connection, current: { ...current, issuedAt: NOW - age } }));
      };
      await made('oldest', 9);
      await made('newest', 1);
      await made('middle', 5);
      await made('elsewhere', 99, 'back-office');

      await store.removeBridgeSessionsOver(NOW, 2);

      const left = await Promise.all(['oldest', 'middle', 'newest', 'elsewhere'].map((id) => other.findBridgeSession(id)));
      expect(left.map((session) => session?.id)).toEqual([undefined, 'middle', 'newest', 'elsewhere']);
    });

    test('a session of a Client or a Connection that is not there is refused', async () => {
      const { store } = await world();

      await expect(store.createBridgeSession(sampleBridgeSession({ client: 'none' }))).rejects.toBeInstanceOf(ClientNotFound);
      await expect(store.createBridgeSession(sampleBridgeSession({ connection: 'none' }))).rejects.toBeInstanceOf(ConnectionNotFound);
    });
  });
}
