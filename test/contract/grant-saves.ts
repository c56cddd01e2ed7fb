import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JwtCredential } from '../../src/domain/credential.ts';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import {
  CONNECTION_ID,
  NOW,
  type OpenStore,
  password,
  refreshToken,
  revealed,
  sampleApp,
  sampleConnection,
  sampleGrant,
  withConnections,
  worldsOf,
} from './world.ts';

const HOUR_MS = 3_600_000;
const REFUSED = { at: NOW, code: 'OAU-213' };
const jwt: JwtCredential = { kind: 'jwt', assertion: new Secret('assertion') };

/** One of the saves that are asked for together; `lag` is how many generations it is behind. */
interface Asked {
  readonly connection: number;
  readonly lag: number;
  readonly rightId: boolean;
}

const ASKED: fc.Arbitrary<Asked> = fc.record({
  connection: fc.nat({ max: 3 }),
  lag: fc.constantFrom(0, 0, 0, 1, 4),
  rightId: fc.constantFrom(true, true, true, false),
});

/** What every GrantStore does with saves that are in flight at once, and what each notes on its Connection. */
export function describeGrantSaves(name: string, open: OpenStore): void {
  describe(`Grants saved at once on ${name}`, () => {
    const world = worldsOf(open);

    test('saves of different Connections all succeed, and each is whole', async () => {
      const { store, other } = await world();
      const names = Array.from({ length: 40 }, (_, index) => `desk-${index}`);
      await withConnections(store, ...names);

      const saves = await Promise.all(names.map((connection) => store.saveGrant(grantOf(connection, 1), 0, CONNECTION_ID)));
      const next = await Promise.all(names.map((connection) => store.saveGrant(grantOf(connection, 2), 1, CONNECTION_ID)));

      expect([...saves, ...next].every(Boolean)).toBe(true);
      for (const connection of names) expect(revealed(await other.findGrant(connection))).toEqual(revealed(grantOf(connection, 2)));
    });

    test('G1: each is judged by itself: one that comes twice, one that is late, one that was removed, one made anew', async () => {
      const { store } = await world();
      await withConnections(store, 'a', 'twice', 'late', 'removed', 'anew', 'z');
      await store.saveGrant(grantOf('late', 4), 0, CONNECTION_ID);
      await store.removeConnection('removed');

      const outcomes = await Promise.allSettled([
        store.saveGrant(grantOf('a', 1), 0, CONNECTION_ID),
        store.saveGrant(grantOf('twice', 1), 0, CONNECTION_ID),
        store.saveGrant(grantOf('late', 4), 3, CONNECTION_ID),
        store.saveGrant(grantOf('removed', 1), 0, CONNECTION_ID),
        store.saveGrant(grantOf('anew', 1), 0, 'the id of the one that was removed'),
        store.saveGrant(grantOf('twice', 1), 0, CONNECTION_ID),
        store.saveGrant(grantOf('z', 1), 0, CONNECTION_ID),
      ]);

      const [a, twice, late, removed, anew, again, z] = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason));
      expect([a, late, z]).toEqual([true, false, true]);
      expect([twice, again].toSorted()).toEqual([false, true]);
      expect([removed, anew]).toEqual([new ConnectionNotFound('removed'), new ConnectionNotFound('anew')]);
      expect(await store.findGrant('anew')).toBeUndefined();
      expect(await store.findGrant('late')).toMatchObject({ generation: 4 });
    });

    test('one that the database cannot take fails alone', async () => {
      const { store } = await world();
      await withConnections(store, 'a', 'wrong', 'z');

      const [a, wrong, z] = await Promise.allSettled([
        store.saveGrant(grantOf('a', 1), 0, CONNECTION_ID),
        store.saveGrant({ ...grantOf('wrong', 1), issuedAt: Number.NaN }, 0, CONNECTION_ID),
        store.saveGrant(grantOf('z', 1), 0, CONNECTION_ID),
      ]);

      expect([a, wrong.status, z]).toEqual([{ status: 'fulfilled', value: true }, 'rejected', { status: 'fulfilled', value: true }]);
      expect(await store.findGrant('wrong')).toBeUndefined();
      expect(await store.findGrant('z')).toMatchObject({ generation: 1 });
    });

    test('G1: whatever is saved together, of the saves that fit one succeeds and is what is stored', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      let run = 0;

      const history = async (batches: readonly (readonly Asked[])[]) => {
        run += 1;
        // The last of them is never there.
        const names = [0, 1, 2, 3].map((index) => `run-${run}-${index}`);
        await withConnections(store, ...names.slice(0, 3));
        await follow(store, names, batches);
      };

      await fc.assert(fc.asyncProperty(fc.array(fc.array(ASKED, { minLength: 1, maxLength: 12 }), { maxLength: 4 }), history), { numRuns: 30 });
    });
  });

  describe(`What a Grant notes on its Connection on ${name}`, () => {
    const world = worldsOf(open);

    /** Hours from now at which Connections must have been refreshed, each as often as there are. */
    async function deadlines(store: Store): Promise<number[]> {
      const counts = await store.countDeadlines(NOW);
      return counts.flatMap(({ hour, connections }) => Array.from({ length: connections }, () => hour - Math.floor(NOW / HOUR_MS)));
    }

    const inHours = (hours: number, of: Partial<Grant> = {}) => sampleGrant({ refreshExpiresAt: NOW + hours * HOUR_MS, ...of });

    test('G7: it is to be kept until its newest refresh token dies', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      await store.saveGrant(inHours(5), 0, CONNECTION_ID);
      const first = await deadlines(store);
      await store.saveGrant(inHours(9, { generation: 2 }), 1, CONNECTION_ID);
      const second = await deadlines(store);
      await store.saveGrant(inHours(1, { generation: 2 }), 1, CONNECTION_ID);
      const refused = await deadlines(store);
      await store.saveGrant(inHours(0, { generation: 3, refreshToken: undefined, refreshExpiresAt: undefined }), 2, CONNECTION_ID);
      const without = await deadlines(store);

      expect([first, second, refused, without]).toEqual([[5], [9], [9], []]);
    });

    test('G7: one with a credential that can sign in alone needs no keeping, until that is refused', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password(), jwt]);

      await store.saveGrant(inHours(5), 0, CONNECTION_ID);
      const withJwt = await deadlines(store);
      await store.refuseCredential('front-desk', 0, password(), REFUSED);
      const passwordRefused = await deadlines(store);
      await store.refuseCredential('front-desk', 1, jwt, REFUSED);
      const jwtRefused = await deadlines(store);
      await store.saveGrant(inHours(6, { generation: 2 }), 1, CONNECTION_ID);
      const next = await deadlines(store);
      await store.replaceCredentials('front-desk', [jwt]);
      const replaced = await deadlines(store);
      await store.replaceCredentials('front-desk', [password()]);
      const byPassword = await deadlines(store);

      expect([withJwt, passwordRefused, jwtRefused, next, replaced, byPassword]).toEqual([[], [], [5], [6], [], [6]]);
    });

    test('G7: a refresh token that was refused is not kept, and only where it is the stored one', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(inHours(5, { generation: 2 }), 0, CONNECTION_ID);

      await store.refuseRefreshToken('front-desk', 1, REFUSED);
      const other = await deadlines(store);
      await store.refuseRefreshToken('front-desk', 2, REFUSED);
      const refused = await deadlines(store);
      await store.replaceCredentials('front-desk', [password()]);
      const replaced = await deadlines(store);
      await store.saveGrant(inHours(8, { generation: 3 }), 2, CONNECTION_ID);

      expect([other, refused, replaced, await deadlines(store)]).toEqual([[5], [], [], [8]]);
    });

    test('G7: whatever comes first, a save or new credentials, what is to be kept follows from both', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(inHours(1), 0, CONNECTION_ID);

      for (let generation = 1; generation <= 24; generation += 1) {
        const alone = generation % 2 === 0;
        const [saved] = await Promise.all([
          store.saveGrant(inHours(generation, { generation: generation + 1 }), generation, CONNECTION_ID),
          other.replaceCredentials('front-desk', alone ? [jwt] : [refreshToken()]),
        ]);
        expect([saved, await deadlines(store)]).toEqual([true, alone ? [] : [generation]]);
      }
    });

    test('G7: deadlines are counted by App and hour, in their order', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createApp(sampleApp({ name: 'second' }));
      const wanted = [
        ['main', 3],
        ['second', 2],
        ['main', 3],
        ['main', 1],
      ] as const;
      for (const [index, [app, hours]] of wanted.entries()) {
        await store.createConnection(sampleConnection({ name: `desk-${index}` }), []);
        await store.saveGrant(inHours(hours, { connection: `desk-${index}`, app }), 0, CONNECTION_ID);
      }

      const counts = await store.countDeadlines(NOW);
      await store.removeConnection('desk-3');

      const hour = Math.floor(NOW / HOUR_MS);
      expect(counts).toEqual([
        { app: 'main', hour: hour + 1, connections: 1 },
        { app: 'main', hour: hour + 3, connections: 2 },
        { app: 'second', hour: hour + 2, connections: 1 },
      ]);
      expect(await store.countDeadlines(NOW)).toEqual(counts.slice(1));
    });

    test('G7: what has died already is no deadline any more', async () => {
      const { store } = await world();
      await withConnections(store, 'dead', 'living');
      await store.saveGrant(inHours(1, { connection: 'dead' }), 0, CONNECTION_ID);
      await store.saveGrant(inHours(2, { connection: 'living' }), 0, CONNECTION_ID);

      const counts = await store.countDeadlines(NOW + HOUR_MS);

      expect(counts).toEqual([{ app: 'main', hour: Math.floor(NOW / HOUR_MS) + 2, connections: 1 }]);
    });

    test('G7: a token is to be ready again when this one is no longer handed out, where that is wanted; and its use is noted', async () => {
      const { store, look } = await world();
      await withConnections(store, 'alive');
      await store.createConnection(sampleConnection({ name: 'fresh', keep: 'fresh' }), []);
      const columns = () => look('select name, keep_by, fresh_at, budget_app, used_at, given_up_at from connections order by name');

      for (const connection of ['alive', 'fresh']) await store.saveGrant(sampleGrant({ connection, app: 'second' }), 0, CONNECTION_ID, { usedAt: 7 });
      const first = await columns();
      // A lifetime whose tenth is no whole number.
      const short = { generation: 2, expiresAt: NOW + 1_005, app: 'second' };
      await store.saveGrant(sampleGrant({ ...short, connection: 'alive' }), 1, CONNECTION_ID, { usedAt: 6 });
      await store.saveGrant(sampleGrant({ ...short, connection: 'fresh' }), 1, CONNECTION_ID);

      const noted = { keep_by: NOW + 604_800_000, budget_app: 'second', used_at: 7, given_up_at: null };
      expect(first).toEqual([
        { name: 'alive', fresh_at: null, ...noted },
        { name: 'fresh', fresh_at: NOW + HOUR_MS - 60_000, ...noted },
      ]);
      expect(await columns()).toEqual([
        { name: 'alive', fresh_at: null, ...noted },
        { name: 'fresh', fresh_at: NOW + 904, ...noted },
      ]);
    });
  });
}

function grantOf(connection: string, generation: number): Grant {
  return sampleGrant({ connection, generation, sessionId: `session of ${connection}` });
}

/** Asks for each batch at once, and compares with what a naive model of it allows. */
async function follow(store: Store, names: readonly string[], batches: readonly (readonly Asked[])[]): Promise<void> {
  const generations = names.map(() => 0);
  for (const batch of batches) {
    const reads = batch.map(({ connection, lag }) => generations[connection]! - lag);
    const outcomes = await Promise.allSettled(
      batch.map(({ connection, rightId }, index) => {
        const read = Math.max(0, reads[index]!);
        const grant = sampleGrant({ connection: names[connection]!, generation: read + 1, sessionId: `ask-${index}` });
        return store.saveGrant(grant, read, rightId ? CONNECTION_ID : 'another');
      }),
    );
    for (const [connection, connectionName] of names.entries()) {
      const mine = [...batch.entries()].filter(([, asked]) => asked.connection === connection);
      const known = mine.filter(([, { rightId }]) => rightId && connection < 3).map(([index]) => index);
      const fitting = known.filter((index) => Math.max(0, reads[index]!) === generations[connection]);
      const saved = mine.map(([index]) => index).filter((index) => outcomes[index]!.status === 'fulfilled' && (outcomes[index] as { value: boolean }).value);
      const missing = mine.map(([index]) => index).filter((index) => outcomes[index]!.status === 'rejected');
      expect(missing).toEqual(mine.map(([index]) => index).filter((index) => !known.includes(index)));
      expect(saved.length).toBe(fitting.length > 0 ? 1 : 0);
      if (saved.length === 0) continue;
      expect(fitting).toContain(saved[0]);
      generations[connection]! += 1;
      expect(await store.findGrant(connectionName)).toMatchObject({ generation: generations[connection], sessionId: `ask-${saved[0]}` });
    }
  }
}
