import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SealedValueUnreadable } from '../../src/domain/errors.ts';
import { type FaxOrder, faxId } from '../../src/domain/fax.ts';
import type { NewFax, Notice } from '../../src/domain/outbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { NOW, type OpenStore, pagesOf, revealed, worldsOf } from './world.ts';

const TURN_MS = 10_000;
const PIECE = 256 * 1024;
const ORDER: FaxOrder = {
  recipients: [{ phoneNumber: '+16505550100', name: 'planted-name' }, { phoneNumber: '+16505550101' }],
  documents: [{ fileName: 'a.pdf', contentType: 'application/pdf', bytes: 3 }],
  coverPage: 'None',
  coverPageText: 'planted-cover-text',
  resolution: 'High',
};
let made = 0;

function newFax(of: Partial<NewFax> = {}): NewFax {
  made += 1;
  const { createdAt = NOW } = of;
  return {
    id: faxId(createdAt, made, 'unique'),
    client: 'billing',
    connection: 'front-desk',
    order: ORDER,
    createdAt,
    deadline: createdAt + 60_000,
    repeatKey: undefined,
    contentKey: new Secret(randomBytes(32).toString('base64')),
    ...of,
  };
}

async function* pieces(...content: readonly Uint8Array[]) {
  yield* content;
}

async function accept(store: Store, of: Partial<NewFax> = {}, content: Uint8Array = Buffer.from('abc')): Promise<string> {
  const fax = newFax(of);
  await store.acceptFax(fax, pieces(content));
  return fax.id;
}

async function contentOf(store: Store, id: string): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of store.readFaxContent(id)) read.push(piece);
  return Buffer.concat(read);
}

/** What every OutboxStore does. */
export function describeOutboxStore(name: string, open: OpenStore): void {
  describe(`OutboxStore on ${name}`, () => {
    const world = worldsOf(open);

    test('a fax that was accepted is there for every node, with its history, and is due at once', async () => {
      const { store, other } = await world();

      const id = await accept(store);
      const fax = await other.findFax(id);
      const turn = await other.takeFaxTurn('B', NOW, NOW + TURN_MS);

      expect(fax).toMatchObject({ id, client: 'billing', connection: 'front-desk', state: 'queued', order: ORDER, attempts: 0, version: 1, isErased: false });
      expect(await other.listFaxEvents(id)).toEqual([{ at: NOW, event: 'accepted' }]);
      expect([turn?.connection, (await other.nextFax('front-desk', NOW))?.id]).toEqual(['front-desk', id]);
      expect(await other.findFax('fx')).toBeUndefined();
    });

    test.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 7])('a content of %i bytes comes back as it was', async (length) => {
      const { store, other } = await world();
      const content = randomBytes(length);
      const fax = newFax();

      // In pieces of other lengths than those it is kept in.
      await store.acceptFax(fax, pieces(content.subarray(0, length / 3), content.subarray(length / 3, length / 2), content.subarray(length / 2)));

      expect((await contentOf(other, fax.id)).equals(content)).toBe(true);
    });

    test('nothing of a fax can be read in the tables, but its Client, its Connection and how it fares', async () => {
      const { store, look } = await world();
      const id = await accept(store, {}, Buffer.from('planted-document'));
      const fax = await store.findFax(id);
      await store.changeFax(fax!, { results: [{ phoneNumber: '+16505550100', name: 'planted-name', messageStatus: 'Sent' }] }, undefined, NOW);

      const rows = [...(await look('select * from faxes')), ...(await look('select * from fax_contents')), ...(await look('select * from fax_events'))];
      const text = Buffer.concat(
        rows.flatMap((row) => Object.values(row as object).map((value) => Buffer.from(value instanceof Uint8Array ? value : String(value)))),
      );

      for (const planted of ['planted', '6505550100']) expect(text.includes(planted)).toBe(false);
      expect((await store.findFax(id))?.results).toEqual([{ phoneNumber: '+16505550100', name: 'planted-name', messageStatus: 'Sent' }]);
    });

    test('a content that breaks off leaves nothing: no fax, and no piece of it', async () => {
      const { store, look } = await world();
      const broken = async function* () {
        yield randomBytes(3 * PIECE);
        throw new Error('the disk is full');
      };

      await expect(store.acceptFax(newFax(), broken())).rejects.toThrow('the disk is full');

      expect([await look('select * from faxes'), await look('select * from fax_contents')]).toEqual([[], []]);
    });

    test('pieces that a process left behind are removed, and those of a fax, or of one that is being accepted, are not', async () => {
      const { store, look } = await world();
      const kept = await accept(store);
      const fax = newFax({ createdAt: NOW - 60_000 });
      const { promise: never } = hanging();
      const hangs = async function* () {
        yield randomBytes(PIECE + 1);
        yield await never;
      };
      void store.acceptFax(fax, hangs()).catch(() => undefined);
      while ((await look('select * from fax_contents')).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));

      await store.removeLooseFaxContents(NOW - 60_000);
      const before = (await look('select * from fax_contents')).length;
      await store.removeLooseFaxContents(NOW - 59_999);

      expect([before, (await look('select * from fax_contents')).length]).toEqual([2, 1]);
      expect((await contentOf(store, kept)).toString()).toBe('abc');
    });

    test('of many nodes that ask at once one gets the turn of a Connection, and another when its time is over', async () => {
      const { store, other } = await world();
      await accept(store);

      const turns = await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).takeFaxTurn(`node ${index}`, NOW, NOW + TURN_MS)));
      const early = await other.takeFaxTurn('late', NOW + TURN_MS - 1, NOW + 2 * TURN_MS);
      const late = await other.takeFaxTurn('late', NOW + TURN_MS, NOW + 2 * TURN_MS);

      expect(turns.filter((turn) => turn !== undefined)).toHaveLength(1);
      expect([early, late?.connection]).toEqual([undefined, 'front-desk']);
    });

    test('a turn is kept by who has it, and only by that one', async () => {
      const { store, other } = await world();
      await accept(store);
      await store.takeFaxTurn('A', NOW, NOW + TURN_MS);

      const kept = await store.keepFaxTurn('front-desk', 'A', NOW + 2 * TURN_MS);
      const foreign = await other.keepFaxTurn('front-desk', 'B', NOW + 2 * TURN_MS);

      expect([kept, foreign, await other.takeFaxTurn('B', NOW + TURN_MS, NOW + 3 * TURN_MS)]).toEqual([true, false, undefined]);
    });

    test('a turn that is given back is due when there is more to do; a fax that came meanwhile makes it due at once', async () => {
      const { store, other } = await world();
      await accept(store);
      const first = await store.takeFaxTurn('A', NOW, NOW + TURN_MS);
      await store.giveBackFaxTurn(first!, 'A', NOW + 500);
      const early = await other.takeFaxTurn('B', NOW + 499, NOW + TURN_MS);
      const second = await other.takeFaxTurn('B', NOW + 500, NOW + TURN_MS);
      await accept(store, { createdAt: NOW + 600 });
      await other.giveBackFaxTurn(second!, 'B', undefined);
      const third = await store.takeFaxTurn('A', NOW + 600, NOW + TURN_MS);
      await store.giveBackFaxTurn(third!, 'A', undefined);

      expect([early, second?.connection, third?.connection]).toEqual([undefined, 'front-desk', 'front-desk']);
      expect(await store.takeFaxTurn('A', NOW + 10 * TURN_MS, NOW + 11 * TURN_MS)).toBeUndefined();
    });

    test('the faxes of a Connection come in the order in which they were accepted; one that is aside only when it is due', async () => {
      const { store } = await world();
      const ids = [await accept(store), await accept(store), await accept(store, { connection: 'back-office' })];
      const next = async (now = NOW) => (await store.nextFax('front-desk', now))?.id;
      const before = await next();
      const first = await store.findFax(ids[0]!);
      await store.changeFax(first!, { isAside: true, dueAt: NOW + 1_000 }, undefined, NOW);

      expect([before, await next(), await next(NOW + 1_000)]).toEqual([ids[0], ids[1], ids[0]]);
      const second = await store.findFax(ids[1]!);
      await store.changeFax(second!, { state: 'sent' }, undefined, NOW);
      expect(await next()).toBe(ids[0]);
    });

    test('of two nodes that change a fax which both have read one does', async () => {
      const { store, other } = await world();
      const fax = (await store.findFax(await accept(store)))!;

      const changes = await Promise.all([store, other].map((node) => node.changeFax(fax, { state: 'sending', attempts: 1 }, { event: 'sending' }, NOW)));

      expect(changes.filter((changed) => changed !== undefined)).toHaveLength(1);
      expect(await store.listFaxEvents(fax.id)).toHaveLength(2);
    });

    test('a byte leaves only by the latest attempt: another that took the fax on before keeps the first from it', async () => {
      const { store, other } = await world();
      const fax = (await store.findFax(await accept(store)))!;
      const mine = (await store.changeFax(fax, { state: 'sending', attempts: 1 }, undefined, NOW))!;
      const theirs = (await other.changeFax(mine, { attempts: 2 }, undefined, NOW))!;

      expect(await store.markFaxLeft(mine, NOW)).toBeUndefined();
      expect((await other.markFaxLeft(theirs, NOW + 1))?.leftAt).toBe(NOW + 1);
    });

    test('a fax that waits is withdrawn at once; one that is being sent is told, and its last byte does not leave', async () => {
      const { store, other } = await world();
      const waiting = await accept(store);
      const fax = (await store.findFax(await accept(store)))!;
      const sending = (await store.changeFax(fax, { state: 'sending', attempts: 1 }, undefined, NOW))!;

      const withdrawn = [await other.withdrawFax(waiting, NOW), await other.withdrawFax(sending.id, NOW)];

      expect(withdrawn.map((one) => [one?.state, one?.isWithdrawn])).toEqual([
        ['withdrawn', true],
        ['sending', true],
      ]);
      expect(await store.markFaxLeft((await store.findFax(sending.id))!, NOW)).toBeUndefined();
      expect((await store.listFaxEvents(sending.id)).at(-1)).toEqual({ at: NOW, event: 'withdrawing' });
      expect(await store.withdrawFax('fx', NOW)).toBeUndefined();
    });

    test('one that the platform has is not withdrawn', async () => {
      const { store } = await world();
      const fax = (await store.findFax(await accept(store)))!;
      await store.changeFax(fax, { state: 'sent', messageId: '17' }, undefined, NOW);

      expect(await store.withdrawFax(fax.id, NOW)).toMatchObject({ state: 'sent', isWithdrawn: false });
      expect([await store.findFaxOfMessage('front-desk', '17'), await store.findFaxOfMessage('back-office', '17')]).toEqual([fax.id, undefined]);
    });

    test('the same fax again is found for as long as it counts, unless it was withdrawn', async () => {
      const { store, other } = await world();
      const first = await accept(store, { repeatKey: 'equal' });
      const second = await accept(store, { repeatKey: 'withdrawn' });
      await store.withdrawFax(second, NOW);

      const found = [await other.findRepeatedFax('equal', NOW), await other.findRepeatedFax('equal', NOW + 1), await other.findRepeatedFax('withdrawn', NOW)];

      expect(found).toEqual([first, undefined, undefined]);
    });

    test('one node asks about a fax that was sent, again when its time has come', async () => {
      const { store, other } = await world();
      const fax = (await store.findFax(await accept(store)))!;
      await store.changeFax(fax, { state: 'sent', messageId: '17', followAt: NOW + 10 }, undefined, NOW);

      const early = await store.takeFollowedFax(NOW + 9, NOW + 100);
      const taken = await Promise.all([store, other, store, other].map((node) => node.takeFollowedFax(NOW + 10, NOW + 100)));
      const late = await store.takeFollowedFax(NOW + 100, NOW + 200);

      expect([early, taken.filter((one) => one !== undefined).length, late?.id]).toEqual([undefined, 1, fax.id]);
    });

    test('who is to be told of a change is written down with it, and told once by one node', async () => {
      const { store, other } = await world();
      const fax = (await store.findFax(await accept(store)))!;
      await store.changeFax(fax, { state: 'failed', closedAt: NOW }, { event: 'failed', code: 'MSG-341', tell: ['webhook', 'mail'] }, NOW);

      const taken: (Notice | undefined)[] = [];
      for (const node of [store, other, store]) taken.push(await node.takeNotice(NOW, NOW + 100));
      await store.putOffNotice(taken[0]!.id, 3, NOW + 500);
      await store.removeNotice(taken[1]!.id);
      const early = await other.takeNotice(NOW + 499, NOW + 600);
      const again = await other.takeNotice(NOW + 500, NOW + 600);

      expect(taken.map((notice) => notice?.way).sort()).toEqual(['mail', 'webhook', undefined]);
      expect(taken[0]).toMatchObject({ fax: fax.id, event: 'failed', at: NOW, attempts: 0, until: NOW + 24 * 3_600_000 });
      expect([early, again?.id, again?.attempts]).toEqual([undefined, taken[0]!.id, 3]);
    });

    test('what is erased is gone, for good: the cover text, the key and every piece; what became of it stays, until it is removed too', async () => {
      const { store, other, look } = await world();
      const id = await accept(store, {}, randomBytes(2 * PIECE));
      const open = await accept(store);
      const fax = (await store.findFax(id))!;
      await store.changeFax(fax, { state: 'delivered', closedAt: NOW + 100 }, { event: 'delivered' }, NOW + 100);

      const early = await store.eraseFaxContents(NOW + 99, NOW + 200);
      const erased = await store.eraseFaxContents(NOW + 100, NOW + 200);
      const after = await other.findFax(id);

      expect([early, erased, await store.eraseFaxContents(NOW + 100, NOW + 200)]).toEqual([0, 1, 0]);
      const { coverPageText: _text, ...rest } = ORDER;
      expect(after).toMatchObject({ isErased: true, state: 'delivered' });
      expect(after?.order).toEqual(rest);
      await expect(contentOf(store, id)).rejects.toBeInstanceOf(SealedValueUnreadable);
      expect(await look(`select fax from fax_contents where fax = '${id}'`)).toEqual([]);
      expect((await other.listFaxEvents(id)).map(({ event }) => event)).toEqual(['accepted', 'delivered', 'erased']);

      expect([await store.removeFaxes(NOW + 99), await store.removeFaxes(NOW + 100)]).toEqual([0, 1]);
      expect([await other.findFax(id), await other.listFaxEvents(id), (await other.findFax(open))?.id]).toEqual([undefined, [], open]);
    });

    test('they are listed the newest first, those of one state, Connection or Client alone where that is asked', async () => {
      const { store } = await world();
      const ids: string[] = [];
      for (const connection of ['front-desk', 'back-office', 'front-desk', 'front-desk']) ids.push(await accept(store, { connection }));
      const fax = (await store.findFax(ids[2]!))!;
      await store.changeFax(fax, { state: 'failed', closedAt: NOW }, undefined, NOW);

      const all = await pagesOf(async (page) => {
        const { items, nextCursor } = await store.listFaxes({}, page);
        return { items: items.map(({ id }) => ({ name: id })), ...(nextCursor !== undefined && { nextCursor }) };
      }, 3);
      const list = async (filter: object) => (await store.listFaxes(filter, { limit: 10 })).items.map(({ id }) => id);

      expect(all).toEqual([[ids[3], ids[2], ids[1]], [ids[0]]]);
      expect(await list({ state: 'failed' })).toEqual([ids[2]]);
      expect(await list({ connection: 'back-office' })).toEqual([ids[1]]);
      expect(await list({ client: 'nobody' })).toEqual([]);
    });

    test('a fax holds no Secret', async () => {
      const { store } = await world();

      const fax = await store.findFax(await accept(store));

      expect(JSON.stringify(revealed(fax))).not.toContain('secret ');
    });
  });
}

function hanging(): { readonly promise: Promise<Uint8Array> } {
  return { promise: new Promise(() => undefined) };
}
