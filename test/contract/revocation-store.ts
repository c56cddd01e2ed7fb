import { describe, expect, test } from 'vitest';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
import { revocationOf } from '../../src/domain/revocation.ts';
import { CONNECTION_ID, NOW, type OpenStore, revealed, sampleApp, sampleGrant, withConnections, worldsOf } from './world.ts';

const OUTGOING = { id: 'one', at: NOW };
const CLAIM_MS = 30_000;

/** What every RevocationStore does. */
export function describeRevocationStore(name: string, open: OpenStore): void {
  describe(`RevocationStore on ${name}`, () => {
    const world = worldsOf(open);

    test('21: a Connection that is removed leaves the revocation of its Grant, with all that it takes to send it', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);

      const removed = await store.removeConnection('front-desk', OUTGOING);
      await store.removeApp('main');
      const claimed = await other.claimRevocation(NOW, NOW + CLAIM_MS);

      expect(removed).toBe(true);
      expect(revealed(claimed)).toEqual(revealed({ ...revocationOf(sampleGrant(), sampleApp(), OUTGOING), notBefore: NOW + CLAIM_MS }));
    });

    test('a Connection that is still used is not removed, and nothing is revoked', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      await store.createClient({
        name: 'crm',
        connections: ['front-desk'],
        policy: undefined,
        keys: [],
        rewriteLinks: false,
        legacyLogins: [],
        createdAt: NOW,
      });

      await expect(store.removeConnection('front-desk', OUTGOING)).rejects.toMatchObject({ code: 'in_use' });

      expect(await store.countRevocations()).toBe(0);
      expect((await store.findGrant('front-desk'))?.generation).toBe(1);
    });

    test('of many nodes that ask at once one gets it, and another when its time is over', async () => {
      const { store, other } = await world();
      await store.addRevocation(revocationOf(sampleGrant(), sampleApp(), OUTGOING));

      const claims = await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).claimRevocation(NOW, NOW + CLAIM_MS)));
      const early = await other.claimRevocation(NOW + CLAIM_MS - 1, NOW + 2 * CLAIM_MS);
      const late = await other.claimRevocation(NOW + CLAIM_MS, NOW + 2 * CLAIM_MS);

      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
      expect([early, late?.id]).toEqual([undefined, 'one']);
    });

    test('one that is put off is due then, and not before; one that is done is gone', async () => {
      const { store } = await world();
      await store.addRevocation(revocationOf(sampleGrant(), sampleApp(), OUTGOING));

      await store.putOffRevocation('one', 3, NOW + 500);
      const early = await store.claimRevocation(NOW + 499, NOW + CLAIM_MS);
      const due = await store.claimRevocation(NOW + 500, NOW + CLAIM_MS);
      await store.removeRevocation('one');

      expect([early, due?.attempts, await store.countRevocations()]).toEqual([undefined, 3, 0]);
    });

    test('those of an App that are due are put off together; no other App’s, and none that is not due', async () => {
      const { store, other } = await world();
      const due = (id: string, app = 'main', at = NOW) => store.addRevocation({ ...revocationOf(sampleGrant(), sampleApp(), { id, at }), app });
      for (const id of ['one', 'two']) await due(id);
      await due('later', 'main', NOW + 100);
      await due('other', 'second');

      await other.putOffRevocationsOf('main', NOW, NOW + 500);
      const ids = async (now: number) => {
        const found: (string | undefined)[] = [];
        for (let claim = await store.claimRevocation(now, NOW + CLAIM_MS); claim; claim = await store.claimRevocation(now, NOW + CLAIM_MS))
          found.push(claim.id);
        return found.sort();
      };

      expect([await ids(NOW), await ids(NOW + 499), await ids(NOW + 500)]).toEqual([['other'], ['later'], ['one', 'two']]);
    });

    test('G1: a Grant that is revoked has no tokens, and a pair that was being won for it is not saved', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);

      const revoked = await store.revokeGrant('front-desk', OUTGOING);
      const late = await other.saveGrant(sampleGrant({ generation: 2 }), 1, CONNECTION_ID);
      const rests = await other.findGrant('front-desk');
      const [outline] = await other.listGrantOutlines(['front-desk']);

      expect([revoked, late]).toEqual([true, false]);
      expect([rests?.accessToken.reveal(), rests?.refreshToken, rests?.generation, rests?.sessionId]).toEqual(['', undefined, 2, undefined]);
      expect(outline?.revoked).toBe(true);
      expect((await other.findConnection('front-desk'))?.signInNeeded).toEqual({ at: NOW, code: 'revoked_here' });
    });

    test('a Connection that has no Grant has nothing to revoke, and one that is not there is named', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      expect(await store.revokeGrant('front-desk', OUTGOING)).toBe(false);
      await expect(store.revokeGrant('none', OUTGOING)).rejects.toBeInstanceOf(ConnectionNotFound);
      expect(await store.countRevocations()).toBe(0);
    });
  });
}
