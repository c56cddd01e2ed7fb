import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Change, EVERYTHING } from '../../src/domain/changes.ts';
import type { Store } from '../../src/domain/store.ts';
import { sampleBridgeSession } from './bridge-session-store.ts';
import { CONNECTION_ID, NOW, type OpenStore, sampleClient, sampleFreeze, sampleGrant, withConnections, worldsOf } from './world.ts';

type Heard = (Change | typeof EVERYTHING)[];

/** Within this time a node knows of what another one did. */
const SOON_MS = 1_000;

/** What the Changes of every Store do. */
export function describeChanges(name: string, open: OpenStore): void {
  describe(`Changes on ${name}`, () => {
    const world = worldsOf(open);

    test.each([
      ['a Grant is saved', 'grants', 'front-desk', (store: Store) => store.saveGrant(sampleGrant(), 0, CONNECTION_ID)],
      ['a Connection is removed', 'connections', 'front-desk', (store: Store) => store.removeConnection('front-desk')],
      ['a Client is created', 'clients', 'billing', (store: Store) => store.createClient(sampleClient())],
      ['a Connection is frozen', 'freezes', 'front-desk', (store: Store) => store.createFreeze(sampleFreeze())],
      ['a session of the Bridge is revoked', 'bridge_sessions', 'bridge-session-1', (store: Store) => store.revokeBridgeSession('bridge-session-1', NOW)],
      ['all sessions of a Client are', 'bridge_sessions', 'bridge-session-1', (store: Store) => store.revokeBridgeSessionsOf('old', NOW)],
      ['a Client signs in with something else', 'clients', 'old', (store: Store) => store.updateBridge('old', () => undefined)],
      ['a Client is removed', 'clients', 'old', (store: Store) => store.removeClient('old')],
    ] as const)('another node knows within a second that %s', async (_what, of, name, change) => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ name: 'old', keys: [], connections: [] }));
      await store.createBridgeSession(sampleBridgeSession({ client: 'old' }));
      const heard: Heard = [];
      await other.changes.watch((word) => heard.push(word));
      // What was done before may still be told on a database that does not say what it was.
      await delay(300);
      heard.splice(0);

      await change(store);
      await until(() => heard.some((word) => word === 'everything' || (word.of === of && word.name === name)), SOON_MS);

      expect(heard).not.toEqual([]);
    });

    test('says whether word comes', async () => {
      const { store, other } = await world();
      const before = other.changes.comes();

      await other.changes.watch(() => undefined);
      const watching = other.changes.comes();
      await Promise.all([store.close(), other.close()]);

      // What one test leaves open serves the next.
      expect(typeof before).toBe('boolean');
      expect([watching, other.changes.comes()]).toEqual([true, false]);
    });

    test('whoever stops watching hears no more, and the others go on', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const [left, stayed]: [Heard, Heard] = [[], []];
      const leave = await other.changes.watch((word) => left.push(word));
      await other.changes.watch((word) => stayed.push(word));
      leave();

      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      await until(() => stayed.length > 0, SOON_MS);

      expect(left).toEqual([]);
      expect(stayed).not.toEqual([]);
    });
  });
}

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  const late = Date.now() + withinMs;
  while (!condition() && Date.now() < late) await delay(5);
}
