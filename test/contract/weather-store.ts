import { describe, expect, test } from 'vitest';
import type { Credential } from '../../src/domain/credential.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { CONNECTION_ID, NOW, type OpenStore, pagesOf, password, refreshToken, sampleApp, sampleConnection, sampleGrant, worldsOf } from './world.ts';

const DAY_MS = 86_400_000;
const BY = NOW + 7 * DAY_MS;
const jwt = (expiresAt?: number): Credential => ({ kind: 'jwt', assertion: new Secret('a.b.c'), ...(expiresAt !== undefined && { expiresAt }) });

/** What every WeatherStore does. */
export function describeWeatherStore(name: string, open: OpenStore): void {
  describe(`WeatherStore on ${name}`, () => {
    const world = worldsOf(open);

    test('what dies is listed with its cause and time, and what signs in again is not', async () => {
      const { store, other } = await world();
      await store.createApp(sampleApp());
      const add = async (connection: string, credentials: readonly Credential[], refreshExpiresAt?: number) => {
        await store.createConnection(sampleConnection({ name: connection }), credentials);
        if (refreshExpiresAt !== undefined) await store.saveGrant(sampleGrant({ connection, refreshExpiresAt }), 0, CONNECTION_ID);
      };
      await add('a-needs-sign-in', []);
      await store.needSignIn('a-needs-sign-in', 0, { at: NOW - 5, code: 'OAU-140' });
      await add('b-jwt-soon', [jwt(NOW + DAY_MS)], NOW + 30 * DAY_MS);
      await add('c-jwt-later', [jwt(NOW + 8 * DAY_MS)], NOW + DAY_MS);
      await add('d-jwt-for-ever', [jwt()], NOW + DAY_MS);
      await add('e-two-jwts', [jwt(NOW + DAY_MS), jwt(NOW + 2 * DAY_MS)], NOW + DAY_MS);
      await add('f-jwt-and-password', [jwt(NOW + DAY_MS), password()], NOW + DAY_MS);
      await add('g-too-late', [], NOW);
      await add('h-kept', [], NOW + 1);
      await add('i-password', [password()], NOW - DAY_MS);
      await add('j-password-refused', [password({ refused: { at: NOW, code: 'OAU-140' } })], NOW - DAY_MS);
      await add('k-refused', [], NOW + 20 * DAY_MS);
      await store.refuseRefreshToken('k-refused', 1, { at: NOW, code: 'OAU-211' });
      await add('l-imported-too-late', [refreshToken({ refreshExpiresAt: NOW - 1 })]);
      await add('m-never-used', [password()]);

      const { items } = await other.listDying({ limit: 100 }, BY, NOW);

      expect(items).toEqual([
        { name: 'a-needs-sign-in', app: 'main', cause: 'needs-sign-in', at: NOW - 5, code: 'OAU-140' },
        { name: 'b-jwt-soon', app: 'main', cause: 'jwt-expires', at: NOW + DAY_MS },
        { name: 'e-two-jwts', app: 'main', cause: 'jwt-expires', at: NOW + 2 * DAY_MS },
        { name: 'g-too-late', app: 'main', cause: 'too-late', at: NOW },
        { name: 'j-password-refused', app: 'main', cause: 'too-late', at: NOW - DAY_MS },
        { name: 'k-refused', app: 'main', cause: 'cannot-refresh', at: NOW + 3_600_000 },
        { name: 'l-imported-too-late', app: 'main', cause: 'too-late', at: NOW - 1 },
      ]);
    });

    test('G7: the given up are listed, counted and shown, until they are kept again', async () => {
      const { store } = await world();
      const names = await withGrants(store, 5, (index) => NOW + (index + 1) * DAY_MS);

      await store.giveUp('main', 2, BY, NOW);
      const during = await seen(store, names);
      await store.keepAgain('main', 10, NOW);
      const after = await seen(store, names);

      expect(during).toEqual({ dying: 3, outlook: { app: 'main', waiting: 0, givenUp: 3, lifetimeMs: 5 * DAY_MS }, givenUp: 3 });
      expect(after).toEqual({ dying: 0, outlook: { app: 'main', waiting: 0, givenUp: 0, lifetimeMs: 5 * DAY_MS }, givenUp: 0 });
    });

    test('the list goes on where its cursor says', async () => {
      const { store } = await world();
      const names = await withGrants(store, 7, () => NOW);

      const pages = await pagesOf((page) => store.listDying(page, BY, NOW), 3);

      expect(pages).toEqual([names.slice(0, 3), names.slice(3, 6), names.slice(6)]);
    });

    test('budgets come in the order that was asked for, with how many wait; whoever has gone does not', async () => {
      const { store, other } = await world();
      await withGrants(store, 2, () => BY);
      await store.createApp(sampleApp({ name: 'second' }));
      await store.setLimit('main', 1, 60_000);
      const taking = { holder: 'A', leaseMs: 30_000, now: NOW, urgent: false, urgentBy: 0, early: false };
      const seek = (connection: string) => store.takeTurn({ connection, app: 'main', client: '', generation: 1 }, taking);
      await seek('desk-0');
      await seek('desk-1');

      const budgets = await other.listBudgets(['second', 'main'], NOW);
      const waiting = [await other.listWaiting(['desk-0', 'desk-1'], NOW), await other.listWaiting(['desk-1'], NOW + DAY_MS)];
      const later = await other.listBudgets(['main'], NOW + DAY_MS);

      expect(budgets.map(({ budget, waiting }) => [budget.app, budget.limit, waiting])).toEqual([
        ['second', 5, 0],
        ['main', 1, 1],
      ]);
      expect(waiting).toEqual([['desk-1'], []]);
      expect(later.map((budget) => budget.waiting)).toEqual([0]);
    });
  });
}

async function withGrants(store: Store, count: number, deadline: (index: number) => number): Promise<string[]> {
  await store.createApp(sampleApp());
  const names = Array.from({ length: count }, (_, index) => `desk-${index}`);
  for (const [index, connection] of names.entries()) {
    await store.createConnection(sampleConnection({ name: connection }), []);
    await store.saveGrant(sampleGrant({ connection, refreshExpiresAt: deadline(index) }), 0, CONNECTION_ID);
  }
  return names;
}

async function seen(store: Store, names: readonly string[]) {
  const dying = await store.listDying({ limit: 100 }, BY, NOW);
  const [outlook] = await store.listOutlooks(NOW);
  const keepings = await store.listKeepings(names);
  return { dying: dying.items.length, outlook, givenUp: keepings.filter(({ givenUpAt }) => givenUpAt === NOW).length };
}
