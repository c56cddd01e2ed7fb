import { describe, expect, test } from 'vitest';
import { AppNotFound } from '../../src/domain/errors.ts';
import type { AttemptSecrets, Invitation, SignInAttempt } from '../../src/domain/invitation.ts';
import { Secret } from '../../src/domain/secret.ts';
import { NOW, type OpenStore, revealed, sampleApp, worldsOf } from './world.ts';

function sampleInvitation(of: Partial<Invitation> = {}): Invitation {
  return {
    id: 'invitation-1',
    secretHash: 'ab'.repeat(32),
    connection: 'front-desk',
    app: 'main',
    labels: { customer: '42' },
    returnTo: 'https://myapp.example.com/',
    ways: ['consent', 'jwt'],
    createdAt: NOW,
    expiresAt: NOW + 60_000,
    usedAt: undefined,
    usedBy: undefined,
    ...of,
  };
}

function sampleAttempt(of: Partial<SignInAttempt> = {}): SignInAttempt {
  return {
    stateHash: 'cd'.repeat(32),
    invitation: 'invitation-1',
    connection: 'front-desk',
    app: 'main',
    labels: {},
    browserHash: 'ef'.repeat(32),
    redirectUri: 'https://trunkline.example.com/connect/callback/main',
    issuer: 'https://platform.example.com',
    expiresAt: NOW + 10_000,
    usedAt: undefined,
    ...of,
  };
}

const SECRETS: AttemptSecrets = { verifier: new Secret('a-verifier'), link: new Secret('a-link'), wish: new Secret('a-wish') };

/** What every InvitationStore does. */
export function describeInvitationStore(name: string, open: OpenStore): void {
  describe(`InvitationStore on ${name}`, () => {
    const worlds = worldsOf(open);
    const world = async () => {
      const made = await worlds();
      await made.store.createApp(sampleApp());
      return made;
    };

    test('51: an invitation is found by the hash of its secret, listed by its id, and gone when it is removed', async () => {
      const { store, other } = await world();
      await store.createInvitation(sampleInvitation());
      await store.createInvitation(sampleInvitation({ id: 'invitation-2', secretHash: '00'.repeat(32), returnTo: undefined, ways: ['jwt'] }));

      const [first, second] = [await other.listInvitations({ limit: 1 }), await other.listInvitations({ limit: 1, cursor: 'invitation-1' })];
      const removed = [await store.removeInvitation('invitation-1'), await store.removeInvitation('invitation-1')];

      expect(await other.findInvitation('00'.repeat(32))).toEqual(
        sampleInvitation({ id: 'invitation-2', secretHash: '00'.repeat(32), returnTo: undefined, ways: ['jwt'] }),
      );
      expect([first.items.map(({ id }) => id), first.nextCursor]).toEqual([['invitation-1'], 'invitation-1']);
      expect([second.items.map(({ id }) => id), second.nextCursor]).toEqual([['invitation-2'], undefined]);
      expect(removed).toEqual([true, false]);
      expect(await other.findInvitation('ab'.repeat(32))).toBeUndefined();
      expect(await other.getInvitation('invitation-1')).toBeUndefined();
    });

    test('51: of many who use one invitation at once one is told that it may; whoever failed makes it free again', async () => {
      const { store, other } = await world();
      await store.createInvitation(sampleInvitation());

      const claimed = await Promise.all(Array.from({ length: 6 }, (_, index) => (index % 2 ? other : store).claimInvitation('invitation-1', NOW)));
      const kept = await other.getInvitation('invitation-1');
      await store.releaseInvitation('invitation-1');
      const again = await other.claimInvitation('invitation-1', NOW + 59_999);
      await store.settleInvitation('invitation-1', 'a-browser');
      await store.releaseInvitation('invitation-1');

      expect(claimed.filter(Boolean)).toHaveLength(1);
      expect(kept).toMatchObject({ usedAt: NOW, usedBy: undefined });
      expect(again).toBe(true);
      expect(await other.getInvitation('invitation-1')).toMatchObject({ usedAt: NOW + 59_999, usedBy: 'a-browser' });
    });

    test('51: an invitation cannot be used, nor tried, from the instant on that its time is over', async () => {
      const { store } = await world();
      await store.createInvitation(sampleInvitation());

      expect(await store.countTry('invitation-1', 9, NOW + 60_000)).toBe(false);
      expect(await store.claimInvitation('invitation-1', NOW + 60_000)).toBe(false);
    });

    test('it is tried so often and no more, by however many at once', async () => {
      const { store, other } = await world();
      await store.createInvitation(sampleInvitation());

      const tries = await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 ? other : store).countTry('invitation-1', 3, NOW)));

      expect(tries.filter(Boolean)).toHaveLength(3);
    });

    test('3: of many who bring one answer at once one is given the verifier, and it rests nowhere from then on', async () => {
      const { store, other } = await world();
      await store.createInvitation(sampleInvitation());
      await store.createAttempt(sampleAttempt(), SECRETS);
      const before = await other.findAttempt(sampleAttempt().stateHash);

      const taken = await Promise.all(Array.from({ length: 6 }, (_, index) => (index % 2 ? other : store).takeAttempt(sampleAttempt().stateHash, NOW + 5)));

      expect(before).toEqual(sampleAttempt());
      expect(taken.filter(Boolean).map(revealed)).toEqual([revealed(SECRETS)]);
      expect(await other.findAttempt(sampleAttempt().stateHash)).toEqual(sampleAttempt({ usedAt: NOW + 5 }));
      expect(await store.findAttempt('no such state')).toBeUndefined();
    });

    test('an attempt of the command line belongs to no invitation, and may have no issuer', async () => {
      const { store, other } = await world();
      const attempt = sampleAttempt({ invitation: undefined, browserHash: undefined, issuer: undefined });
      await store.createAttempt(attempt, { verifier: new Secret('v'), link: undefined });

      const found = await other.findAttempt(attempt.stateHash);
      const secrets = await other.takeAttempt(attempt.stateHash, NOW);

      expect(found).toEqual(attempt);
      expect(revealed(secrets)).toEqual({ verifier: 'secret v', link: undefined });
    });

    test('what is over is removed, and an attempt goes with its invitation, both with their App', async () => {
      const { store } = await world();
      await store.createInvitation(sampleInvitation());
      await store.createAttempt(sampleAttempt({ expiresAt: NOW + 90_000 }), SECRETS);
      await store.createAttempt(sampleAttempt({ stateHash: 'old', invitation: undefined }), SECRETS);
      await store.removeOver(NOW + 10_001);
      const left = [await store.findAttempt('old'), (await store.findAttempt(sampleAttempt().stateHash))?.stateHash];

      await store.removeOver(NOW + 60_001);
      const gone = [await store.getInvitation('invitation-1'), await store.findAttempt(sampleAttempt().stateHash)];
      await store.createInvitation(sampleInvitation({ id: 'another' }));
      await store.removeApp('main');

      expect(left).toEqual([undefined, sampleAttempt().stateHash]);
      expect(gone).toEqual([undefined, undefined]);
      expect(await store.getInvitation('another')).toBeUndefined();
    });

    test('an invitation or attempt of an App that is not there is refused', async () => {
      const { store } = await world();

      await expect(store.createInvitation(sampleInvitation({ app: 'none' }))).rejects.toBeInstanceOf(AppNotFound);
      await expect(store.createAttempt(sampleAttempt({ app: 'none', invitation: undefined }), SECRETS)).rejects.toBeInstanceOf(AppNotFound);
    });
  });
}
