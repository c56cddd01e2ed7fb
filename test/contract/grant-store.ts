import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
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

/** One step of a random history; `lag` is how many generations the saver is behind what is stored. */
type Step =
  | { readonly do: 'save'; readonly connection: number; readonly lag: number; readonly node: number }
  | { readonly do: 'race'; readonly connection: number; readonly savers: number }
  | { readonly do: 'needSignIn'; readonly connection: number; readonly lag: number }
  | { readonly do: 'recreate'; readonly connection: number };

/** What the history should have left: nothing but a generation, the tokens' mark and the need for a sign-in. */
interface Expected {
  generation: number;
  mark: string | undefined;
  owner: string | undefined;
  signInNeeded: boolean;
}

const CONNECTION = fc.nat({ max: 1 });
const LAG = fc.constantFrom(0, 0, 0, 1, -1, 5);
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('save' as const), connection: CONNECTION, lag: LAG, node: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const), connection: CONNECTION, savers: fc.integer({ min: 2, max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('needSignIn' as const), connection: CONNECTION, lag: LAG }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recreate' as const), connection: CONNECTION }) },
);

/** What every GrantStore does. */
export function describeGrantStore(name: string, open: OpenStore): void {
  describe(`GrantStore on ${name}`, () => {
    const world = worldsOf(open);

    test('G1: a Connection that was made anew under its old name takes no Grant won for the old one', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      const saving = store.saveGrant(sampleGrant(), 0, 'the id of the one that was removed');

      await expect(saving).rejects.toBeInstanceOf(ConnectionNotFound);
      expect(await store.findGrant('front-desk')).toBeUndefined();
    });

    test('19: a refused refresh token is noted for its generation only, and a new pair is not refused', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant({ generation: 2 }), 0, CONNECTION_ID);

      await store.refuseRefreshToken('front-desk', 1, { at: NOW, code: 'OAU-213' });
      const untouched = await other.findGrant('front-desk');
      await store.refuseRefreshToken('front-desk', 2, { at: NOW, code: 'OAU-213' });
      const refused = await other.findGrant('front-desk');
      await store.saveGrant(sampleGrant({ generation: 3 }), 2, CONNECTION_ID);

      expect(untouched?.refreshRefused).toBeUndefined();
      expect(refused?.refreshRefused).toEqual({ at: NOW, code: 'OAU-213' });
      expect((await other.findGrant('front-desk'))?.refreshRefused).toBeUndefined();
    });

    test('a first Grant is saved where there is none, and seen from every node', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const before = await store.findGrant('front-desk');

      const saved = await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);

      expect(before).toBeUndefined();
      expect(saved).toBe(true);
      expect(revealed(await store.findGrant('front-desk'))).toEqual(revealed(sampleGrant()));
      expect(revealed(await other.findGrant('front-desk'))).toEqual(revealed(sampleGrant()));
    });

    test('what the platform left out stays out', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      const grant = sampleGrant({
        refreshToken: undefined,
        refreshExpiresAt: undefined,
        ownerId: undefined,
        scope: '',
        endpointId: undefined,
        sessionId: undefined,
      });

      await store.saveGrant(grant, 0, CONNECTION_ID);

      expect(revealed(await store.findGrant('front-desk'))).toEqual(revealed(grant));
    });

    test('a new pair replaces the old one whole, also where the new one has less', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      const next = sampleGrant({ generation: 2, app: 'second', refreshToken: undefined, refreshExpiresAt: undefined, sessionId: undefined });

      const saved = await store.saveGrant(next, 1, CONNECTION_ID);

      expect(saved).toBe(true);
      expect(revealed(await store.findGrant('front-desk'))).toEqual(revealed(next));
    });

    test('a save that read another generation changes nothing', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant({ generation: 3, ownerId: undefined }), 0, CONNECTION_ID);
      await store.needSignIn('front-desk', 3, { at: NOW, code: 'OAU-140' });

      const saves = [];
      for (const expected of [0, 1, 2, 4, 9]) saves.push(await store.saveGrant(sampleGrant({ generation: expected + 1 }), expected, CONNECTION_ID));

      expect(saves).toEqual([false, false, false, false, false]);
      expect(revealed(await store.findGrant('front-desk'))).toEqual(revealed(sampleGrant({ generation: 3, ownerId: undefined })));
      expect(await store.findConnection('front-desk')).toMatchObject({ ownerId: undefined, signInNeeded: { at: NOW, code: 'OAU-140' } });
    });

    test('a save that read a Grant where there is none changes nothing', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      const saved = await store.saveGrant(sampleGrant({ generation: 2 }), 1, CONNECTION_ID);

      expect(saved).toBe(false);
      expect(await store.findGrant('front-desk')).toBeUndefined();
      expect(await store.findConnection('front-desk')).toEqual(sampleConnection());
    });

    test('G1: of saves that read the same generation, on one node and on two, one succeeds and is what is stored', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      const grants = Array.from({ length: 8 }, (_, index) => sampleGrant({ generation: 2, sessionId: `session-${index}` }));

      const saves = await Promise.all(grants.map((grant, index) => (index % 2 === 0 ? store : other).saveGrant(grant, 1, CONNECTION_ID)));

      expect(saves.filter(Boolean)).toHaveLength(1);
      expect(await store.findGrant('front-desk')).toMatchObject({ sessionId: `session-${saves.indexOf(true)}` });
    });

    test('G1: of first saves at once, one succeeds', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      const saves = await Promise.all([store, other, store, other].map((node) => node.saveGrant(sampleGrant(), 0, CONNECTION_ID)));

      expect(saves.filter(Boolean)).toHaveLength(1);
    });

    test('the first Grant says whose Connection it is, a later one does not change it', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      const owners = [];
      for (const [generation, ownerId] of [undefined, '1001', '1002', undefined].entries()) {
        await store.saveGrant(sampleGrant({ generation: generation + 1, ownerId }), generation, CONNECTION_ID);
        owners.push((await store.findConnection('front-desk'))?.ownerId);
      }

      expect(owners).toEqual([undefined, '1001', '1001', '1001']);
    });

    test('a saved Grant ends the need for a sign-in, of its own Connection only', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      for (const connection of ['front-desk', 'back-office']) await store.needSignIn(connection, 0, { at: NOW, code: 'OAU-140' });

      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);

      expect(await store.findConnection('front-desk')).toMatchObject({ signInNeeded: undefined });
      expect(await store.findConnection('back-office')).toMatchObject({ signInNeeded: { at: NOW, code: 'OAU-140' }, ownerId: undefined });
    });

    test('a saved Grant leaves the credentials as they are, refused ones too', async () => {
      const { store } = await world();
      const credentials = [password({ refused: { at: NOW, code: 'OAU-140' } }), refreshToken()];
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), credentials);

      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);

      expect(revealed(await store.listCredentials('front-desk'))).toEqual(revealed(credentials));
    });

    test('a Connection that was removed meanwhile is named', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      await store.removeConnection('front-desk');

      const [first, next] = await Promise.allSettled([
        store.saveGrant(sampleGrant(), 0, CONNECTION_ID),
        store.saveGrant(sampleGrant({ generation: 2 }), 1, CONNECTION_ID),
      ]);

      expect(first).toMatchObject({ status: 'rejected', reason: new ConnectionNotFound('front-desk') });
      expect(next).toMatchObject({ status: 'rejected', reason: new ConnectionNotFound('front-desk') });
    });

    test('G4: whatever comes first, a Connection with a newer Grant needs no sign-in', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);

      for (let generation = 1; generation <= 25; generation += 1) {
        const [saved] = await Promise.all([
          store.saveGrant(sampleGrant({ generation: generation + 1 }), generation, CONNECTION_ID),
          other.needSignIn('front-desk', generation, { at: NOW, code: 'OAU-140' }),
        ]);
        expect(saved).toBe(true);
        expect((await other.findConnection('front-desk'))?.signInNeeded).toBeUndefined();
      }
    });

    test('G1: a Connection that takes the name of a removed one never has its Grant', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      for (let round = 0; round < 25; round += 1) {
        const renewal = async () => {
          await other.removeConnection('front-desk');
          await other.createConnection(sampleConnection({ id: `id-${round}` }), []);
        };
        const connectionId = round === 0 ? CONNECTION_ID : `id-${round - 1}`;
        await Promise.all([store.saveGrant(sampleGrant(), 0, connectionId).catch((error: unknown) => error), renewal()]);
        expect(await store.findGrant('front-desk')).toBeUndefined();
      }
    });

    test('a generation never goes back: to ask for it is a mistake of the program', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveGrant(sampleGrant({ generation: 5 }), 0, CONNECTION_ID);

      const saves = [4, 5].map((generation) => store.saveGrant(sampleGrant({ generation }), 5, CONNECTION_ID));

      for (const save of saves) await expect(save).rejects.toThrow(TypeError);
      expect(await store.findGrant('front-desk')).toMatchObject({ generation: 5 });
    });

    test('G1: any history of saves, races, sign-ins and removals leaves what a model of it says', async () => {
      const { store, other } = await world();
      await store.createApp(sampleApp());
      let run = 0;

      const history = async (steps: readonly Step[]) => {
        const names = [0, 1].map((index) => `run-${run}-${index}`);
        run += 1;
        await withConnections(store, ...names);
        await follow([store, other], names, steps);
      };

      await fc.assert(fc.asyncProperty(fc.array(STEP, { maxLength: 15 }), history), { numRuns: 40 });
    });
  });
}

/** Does the steps to the store and to the model, and compares after each. */
async function follow(nodes: readonly [Store, Store], names: readonly string[], steps: readonly Step[]): Promise<void> {
  const [store] = nodes;
  const model = names.map((): Expected => ({ generation: 0, mark: undefined, owner: undefined, signInNeeded: false }));
  for (const [index, step] of steps.entries()) {
    const connection = names[step.connection]!;
    const expected = model[step.connection]!;
    const mark = `step-${index}`;
    const read = Math.max(0, expected.generation - ('lag' in step ? step.lag : 0));
    const fits = read === expected.generation;
    const grant = sampleGrant({ connection, generation: read + 1, sessionId: mark, ownerId: mark });
    if (step.do === 'save') {
      expect(await nodes[step.node]!.saveGrant(grant, read, CONNECTION_ID)).toBe(fits);
      if (fits) Object.assign(expected, { generation: read + 1, mark, owner: expected.owner ?? mark, signInNeeded: false });
    } else if (step.do === 'race') {
      const saves = await Promise.all(Array.from({ length: step.savers }, (_, saver) => nodes[saver % 2]!.saveGrant(grant, read, CONNECTION_ID)));
      expect(saves.filter(Boolean)).toHaveLength(1);
      Object.assign(expected, { generation: read + 1, mark, owner: expected.owner ?? mark, signInNeeded: false });
    } else if (step.do === 'needSignIn') {
      await store.needSignIn(connection, read, { at: NOW, code: 'OAU-140' });
      if (fits) expected.signInNeeded = true;
    } else {
      await store.removeConnection(connection);
      await store.createConnection(sampleConnection({ name: connection }), []);
      Object.assign(expected, { generation: 0, mark: undefined, owner: undefined, signInNeeded: false });
    }
    expect(await seen(nodes[1], names)).toEqual(model);
  }
}

async function seen(store: Store, names: readonly string[]): Promise<Expected[]> {
  return Promise.all(
    names.map(async (name) => {
      const grant = await store.findGrant(name);
      const connection = await store.findConnection(name);
      if (grant) expect(grant.accessToken.reveal() + grant.refreshToken?.reveal()).toBe(`access-${grant.generation}refresh-${grant.generation}`);
      return { generation: grant?.generation ?? 0, mark: grant?.sessionId, owner: connection?.ownerId, signInNeeded: connection?.signInNeeded !== undefined };
    }),
  );
}
