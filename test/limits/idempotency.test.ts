import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type GatewayError,
  IdempotencyAnswerLost,
  IdempotencyKeyReused,
  IdempotencyKeyRunning,
  IdempotencyKeyWrong,
  IdempotencyUnclear,
  StoreUnavailable,
} from '../../src/domain/errors.ts';
import type { IdempotencyStore } from '../../src/domain/idempotency.ts';
import { Fingerprint, type RequestHead } from '../../src/limits/fingerprint.ts';
import { IdempotencyKeys, KEPT_BODY_BYTES, type NewRequest } from '../../src/limits/idempotency-keys.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openInPostgres } from '../contract/postgres-world.ts';
import { openInFile, openInMemory } from '../contract/sqlite-world.ts';
import { type StoreWorld, sampleClient, sampleKey } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DAY_MS = 86_400_000;
const REQUEST = { client: 'billing', key: 'a-key', fingerprint: 'the-request' };
const RESULT = { status: 500, headers: [['content-type', 'application/json']] as const, body: Buffer.from('{"message":"Grüße \\u0000"}\0\xff', 'latin1') };

async function keys(open: () => Promise<StoreWorld> = openInMemory, wrap: (store: IdempotencyStore) => IdempotencyStore = (store) => store) {
  const database = await open();
  onTestFinished(() => database.close());
  for (const name of ['billing', 'crm']) await database.store.createClient(sampleClient({ name, connections: [], keys: [sampleKey({ hash: name })] }));
  const clock = new ManualClock();
  const node = (store: IdempotencyStore) => new IdempotencyKeys({ store: wrap(store), clock, random: systemRandom, log: SILENT });
  return { clock, database, keys: node(database.store), other: node(database.other) };
}

async function begun(beginning: ReturnType<IdempotencyKeys['begin']>): Promise<NewRequest> {
  const request = await beginning;
  if (request.state !== 'new') throw new Error('it was carried out before');
  return request;
}

describe('IdempotencyKeys', () => {
  test('19: the first result, also a 500, is the answer to every repeat: status, headers and body, byte for byte', async () => {
    const { keys: node, other } = await keys();
    await (await begun(node.begin(REQUEST))).finish(RESULT);

    const repeats = [await node.begin(REQUEST), await other.begin(REQUEST)];

    expect(repeats).toEqual([
      { state: 'replay', result: RESULT },
      { state: 'replay', result: RESULT },
    ]);
  });

  test('20: a key has 1 to 255 characters', async () => {
    const { keys: node } = await keys();

    for (const key of ['', ' ', 'a'.repeat(256), 'a\n', 'ä', ' a']) await expect(node.begin({ ...REQUEST, key })).rejects.toThrow(IdempotencyKeyWrong);

    for (const key of ['a', 'a'.repeat(255), 'a b']) await begun(node.begin({ ...REQUEST, key }));
  });

  test('20: a key is good for a day; another Client’s is another one', async () => {
    const { keys: node, clock } = await keys();
    await (await begun(node.begin(REQUEST))).finish(RESULT);

    await begun(node.begin({ ...REQUEST, client: 'crm' }));
    clock.advance(DAY_MS - 1);
    const within = await node.begin(REQUEST);
    clock.advance(1);

    expect(within.state).toBe('replay');
    await begun(node.begin(REQUEST));
  });

  test('21: the same key with another request is an error, whether the first one is done or not', async () => {
    const { keys: node } = await keys();
    const first = await begun(node.begin(REQUEST));
    const other = { ...REQUEST, fingerprint: 'another' };

    const during = node.begin(other);
    await expect(during).rejects.toThrow(IdempotencyKeyReused);
    await expect(during).rejects.toMatchObject({ status: 422 });
    await first.finish(RESULT);

    await expect(node.begin(other)).rejects.toThrow(IdempotencyKeyReused);
  });

  test('22: an equal request that is under way is told to come again, however long it takes', async () => {
    const { keys: node, other, clock } = await keys();
    const first = await begun(node.begin(REQUEST));

    for (let passed = 0; passed < 12; passed += 1) {
      await expect(other.begin(REQUEST)).rejects.toThrow(IdempotencyKeyRunning);
      clock.advance(10_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await first.finish(RESULT);

    expect((await other.begin(REQUEST)).state).toBe('replay');
  });

  test('22: nothing is kept where nothing left', async () => {
    const { keys: node } = await keys();

    await (await begun(node.begin(REQUEST))).abandon();

    await begun(node.begin({ ...REQUEST, fingerprint: 'corrected' }));
  });

  test('where no answer came, repeats are told that it is unclear, and nothing is sent', async () => {
    const { keys: node } = await keys();

    await (await begun(node.begin(REQUEST))).unclear();

    await expect(node.begin(REQUEST)).rejects.toThrow(IdempotencyUnclear);
    await expect(node.begin(REQUEST)).rejects.toMatchObject({ status: 409 });
  });

  test('a node that is gone with the request out leaves the key unclear, once its word is over', async () => {
    const { database, other, clock } = await keys();
    const now = clock.now();
    const gone = { client: 'billing', fingerprint: REQUEST.fingerprint, holder: 'gone', runningUntil: now + 40_000, expiresAt: now + DAY_MS };
    const { createHash } = await import('node:crypto');
    await database.store.claimIdempotencyKey({ ...gone, keyHash: createHash('sha256').update(REQUEST.key).digest('hex') }, now);

    await expect(other.begin(REQUEST)).rejects.toThrow(IdempotencyKeyRunning);
    clock.advance(40_000);

    await expect(other.begin(REQUEST)).rejects.toThrow(IdempotencyUnclear);
  });

  test('of an answer that is too large to be kept the repeats hear that there was one', async () => {
    const { keys: node } = await keys();

    await (await begun(node.begin(REQUEST))).finish({ ...RESULT, status: 201, body: Buffer.alloc(KEPT_BODY_BYTES + 1) });

    await expect(node.begin(REQUEST)).rejects.toThrow(IdempotencyAnswerLost);
    await expect(node.begin(REQUEST)).rejects.toThrow('201');
  });

  test('a result that the database does not take is offered again; nothing rejects', async () => {
    let away = true;
    const { keys: node, clock } = await keys(openInMemory, (store) => ({
      ...store,
      finishIdempotencyKey: (...given) => (away ? Promise.reject(new StoreUnavailable('it is away')) : store.finishIdempotencyKey(...given)),
    }));
    const first = await begun(node.begin(REQUEST));
    const finishing = first.finish(RESULT);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(node.begin(REQUEST)).rejects.toThrow(IdempotencyKeyRunning);

    away = false;
    clock.advance(1_000);
    await finishing;
    await node.settled();

    expect((await node.begin(REQUEST)).state).toBe('replay');
  });

  test('19-22: what any order of requests meets is what the rules say', async () => {
    const client = fc.constantFrom('billing', 'crm');
    const key = fc.constantFrom('k1', 'k2');
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('begin' as const), client, key, fingerprint: fc.constantFrom('r1', 'r2'), node: fc.boolean() }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('finish' as const, 'unclear' as const, 'abandon' as const), client, key }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1_000, DAY_MS / 2) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const database = await openInMemory();
        for (const name of ['billing', 'crm']) await database.store.createClient(sampleClient({ name, connections: [], keys: [sampleKey({ hash: name })] }));
        const clock = new ManualClock();
        const nodes = [0, 1].map(() => new IdempotencyKeys({ store: database.store, clock, random: systemRandom, log: SILENT }));
        interface Known {
          fingerprint: string;
          state: 'running' | 'unclear' | number;
          until: number;
          handle: NewRequest;
        }
        const model = new Map<string, Known>();
        let sent = 0;
        for (const each of steps) {
          if (each.do === 'pass') {
            // Whoever runs for longer than a day is another story.
            if ([...model.values()].some(({ state }) => state === 'running') && each.ms > 10_000) continue;
            clock.advance(each.ms);
            await new Promise(setImmediate);
            continue;
          }
          const name = `${each.client} ${each.key}`;
          const known = model.get(name);
          const valid = known && (known.until > clock.now() || known.state === 'running') ? known : undefined;
          if (each.do !== 'begin') {
            if (valid?.state !== 'running') continue;
            if (each.do === 'abandon') model.delete(name);
            if (each.do === 'unclear') valid.state = 'unclear';
            if (each.do === 'finish') {
              sent += 1;
              valid.state = sent;
            }
            if (each.do === 'finish') await valid.handle.finish({ status: 200, headers: [], body: Buffer.from(String(sent)) });
            else await valid.handle[each.do]();
            continue;
          }
          const met = await nodes[each.node ? 1 : 0]!.begin(each).catch((error: GatewayError) => error);
          if (!valid) {
            expect(met).toMatchObject({ state: 'new' });
            model.set(name, { fingerprint: each.fingerprint, state: 'running', until: clock.now() + DAY_MS, handle: met as NewRequest });
          } else if (valid.fingerprint !== each.fingerprint) expect(met).toBeInstanceOf(IdempotencyKeyReused);
          else if (valid.state === 'running') expect(met).toBeInstanceOf(IdempotencyKeyRunning);
          else if (valid.state === 'unclear') expect(met).toBeInstanceOf(IdempotencyUnclear);
          else expect(met).toMatchObject({ state: 'replay', result: { body: Buffer.from(String(valid.state)) } });
        }
        for (const { state, handle } of model.values()) if (state === 'running') await handle.abandon();
        await database.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe.each([
  ['SQLite file', openInFile],
  ['PostgreSQL database', openInPostgres],
] as const)('two nodes on one %s', (_name, open) => {
  test('22: of 40 equal requests at once, half on each node, one is sent; the others are told to come again, and then get its result', async () => {
    const { keys: node, other } = await keys(open);
    let sent = 0;
    const once = async (index: number) => {
      const request = await (index % 2 ? node : other).begin(REQUEST);
      if (request.state === 'replay') return 'replay';
      sent += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await request.finish(RESULT);
      return 'sent';
    };

    const met = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => once(index)));
    const after = [await node.begin(REQUEST), await other.begin(REQUEST)];

    expect(sent).toBe(1);
    for (const each of met) {
      if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(IdempotencyKeyRunning);
    }
    expect(after.map(({ state }) => state)).toEqual(['replay', 'replay']);
  });
});

describe('Fingerprint', () => {
  const HEAD: RequestHead = { connection: 'front-desk', method: 'POST', path: '/a', query: 'b=c', contentType: 'application/json' };
  const of = (head: Partial<RequestHead>, ...chunks: string[]) =>
    chunks.reduce((made, chunk) => made.update(chunk), new Fingerprint({ ...HEAD, ...head })).digest();

  test('21: is equal for equal requests, however their body was cut', () => {
    expect(of({ method: 'post' }, '{"to":', '1}')).toBe(of({}, '{"to":1}'));
  });

  test.each([{ connection: 'back-office' }, { method: 'PUT' }, { path: '/ab', query: '=c' }, { path: '/ab' }, { query: '' }, { contentType: undefined }])(
    '21: another %o is another request',
    (difference) => {
      expect(of(difference, '{}')).not.toBe(of({}, '{}'));
    },
  );

  test('21: another body is another request', () => {
    expect(of({}, '{"to":2}')).not.toBe(of({}, '{"to":1}'));
  });
});
