import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, type Outside, outside, RING_OUT, sender } from '../../../test/sandbox-world.ts';
import type { SandboxOptions } from '../start.ts';

const LOG = `${EXTENSION}/call-log`;
const OWNER = '403141004';

interface Record {
  readonly id: string;
  readonly sessionId: string;
  readonly startTime: string;
  readonly result: string;
  readonly direction: string;
  readonly [field: string]: unknown;
}
interface Listed {
  readonly records: readonly Record[];
  readonly paging: { readonly perPage: number; readonly totalElements: number };
}

/** Front desk's call log. */
async function callLog(options: SandboxOptions = {}) {
  const world = await outside(options);
  const { access_token } = await world.signIn();
  const send = sender(world, access_token);
  const list = async (query = '', path = LOG) => (await send('GET', `${path}${query}`)).json as unknown as Listed;
  return {
    ...world,
    send,
    list,
    results: async (query = '') => (await list(query)).records.map(({ result }) => result),
    plant: (input: object) => world.postJson('/_sandbox/call-log', { ownerId: OWNER, ...input }),
    call: async (to: string, from = '+16505551231') => (await send('POST', RING_OUT, { from: { phoneNumber: from }, to: { phoneNumber: to } })).json,
  };
}

describe('a RingOut that is over', () => {
  test('is a record, with both legs in the detailed view', async () => {
    const { call, list, sandbox } = await callLog();
    await call('+16505551230');

    await sandbox.advance(59_999);
    expect((await list()).records).toEqual([]);
    await sandbox.advance(1);

    const [simple] = (await list()).records;
    const [detailed] = (await list('?view=Detailed')).records;
    expect(simple).toMatchObject({
      type: 'Voice',
      direction: 'Outbound',
      action: 'RingOut Web',
      result: 'Call connected',
      startTime: '2026-11-21T12:00:00.000Z',
      duration: 56,
      from: { phoneNumber: '+18889363711', extensionNumber: '101' },
      to: { phoneNumber: '+16505551230' },
    });
    expect(simple).not.toHaveProperty('legs');
    expect(detailed?.legs).toMatchObject([
      { legType: 'RingOutWebToSubscriber', master: true, duration: 58, to: { phoneNumber: '+16505551231' } },
      { legType: 'RingOutWebToCaller', duration: 56, to: { phoneNumber: '+16505551230' } },
    ]);
  });

  test.each([
    ['0001', 'Busy'],
    ['0002', 'No Answer'],
    ['0003', 'Rejected'],
    ['0004', 'Call Failed'],
    ['0005', 'Blocked'],
    ['0006', 'International Disabled'],
  ])('to a number that ends in %s: %s, whether it is called first or second', async (ending, result) => {
    const { call, results, sandbox } = await callLog();
    await call(`+1650555${ending}`);
    await call('+16505551230', `+1650555${ending}`);

    await sandbox.advance(60_000);

    expect(await results()).toEqual([result, result]);
  });

  test('that was cancelled has stopped', async () => {
    const { call, results, send, sandbox } = await callLog();
    const { id } = await call('+16505551230');
    await send('DELETE', `${RING_OUT}/${id}`);
    await sandbox.advance(60_000);

    expect(await results()).toEqual(['Stopped']);
  });

  test('to a user of the platform is in that user’s log too, inbound, with the same session', async () => {
    const { call, list, sandbox, signIn, get } = await callLog();
    await call('+16505550102');
    await sandbox.advance(60_000);
    const { access_token } = await signIn({ username: '18887776655', extension: '102', password: 'Myp@ssw0rd' });

    const [own] = (await list()).records;
    const [other] = (await get(LOG, access_token)).json.records as Record[];

    expect(other).toMatchObject({ direction: 'Inbound', result: 'Accepted', sessionId: own?.sessionId, to: { name: 'Back Office' } });
  });

  test('is active until then', async () => {
    const { call, list, sandbox } = await callLog();
    await call('+16505551230');

    const [active] = (await list('', `${EXTENSION}/active-calls`)).records;
    const [ofAccount] = (await list('?view=Detailed', `${ACCOUNT}/active-calls`)).records;
    await sandbox.advance(60_000);

    expect([active?.result, ofAccount?.result]).toEqual(['In Progress', 'In Progress']);
    expect((await list('', `${EXTENSION}/active-calls`)).records).toEqual([]);
    expect((await list()).records[0]?.id).toBe(active?.id);
  });

  test('is written down once, though the sandbox was stopped in the middle and after', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-call-log-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'sandbox.db');
    const first = await callLog({ file });
    await first.call('+16505551230');
    await first.sandbox.close();
    const second = await callLog({ file });
    await second.sandbox.advance(60_000);
    const written = await second.list();
    await second.sandbox.close();

    const third = await callLog({ file });

    expect(written.records).toHaveLength(1);
    expect((await third.list()).records.map(({ id }) => id)).toEqual(written.records.map(({ id }) => id));
  });
});

describe('the list of calls', () => {
  test('has a thousand on a page where that is asked for, newest first, and the last 24 hours unless told', async () => {
    const { list, plant } = await callLog();
    await plant({ count: 2_000 });

    const [byDefault, longest, cut] = [await list(), await list('?perPage=max&dateFrom=2026-11-01'), await list('?perPage=5000')];

    expect(byDefault.records).toHaveLength(100);
    expect(byDefault.paging.totalElements).toBe(1_440);
    expect(longest.records).toHaveLength(1_000);
    expect(longest.paging).toMatchObject({ perPage: 1_000, totalElements: 2_000 });
    expect(cut.paging.perPage).toBe(1_000);
    const times = longest.records.map(({ startTime }) => startTime);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('has every call on exactly one of its pages', async () => {
    const { list, plant } = await callLog();
    await plant({ count: 53 });
    const all = (await list()).records.map(({ id }) => id);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (perPage) => {
        const pages = await Promise.all(Array.from({ length: Math.ceil(53 / perPage) }, (_, index) => list(`?perPage=${perPage}&page=${index + 1}`)));

        expect(pages.flatMap(({ records }) => records.map(({ id }) => id))).toEqual(all);
      }),
      { numRuns: 15 },
    );
  });

  test.each([
    ['?direction=Inbound', ['Missed', 'Accepted']],
    ['?direction=Inbound&direction=Outbound', ['Sent', 'Call connected', 'Missed', 'Accepted', 'Blocked']],
    ['?type=Fax', ['Sent']],
    ['?transport=VoIP', ['Call connected']],
    ['?showBlocked=false', ['Sent', 'Call connected', 'Missed', 'Accepted']],
    ['?phoneNumber=16505550142', ['Accepted']],
    ['?extensionNumber=102', ['Missed']],
    ['?recordingType=OnDemand', ['Call connected']],
    ['?withRecording=true', ['Call connected']],
    ['?recordingType=Automatic', []],
    ['?dateTo=2026-11-21T11:55:30%2B00:00', ['Blocked']],
    ['?dateFrom=2026-11-21T11:58:30Z', ['Sent', 'Call connected']],
    ['?sessionId=4711', ['Missed']],
    ['?telephonySessionId=s-4711', ['Missed']],
  ])('%s', async (query, expected) => {
    const { plant, results } = await callLog();
    const minute = (number: number) => ({ startTime: `2026-11-21T11:5${number}:00Z` });
    await plant({
      records: [
        { ...minute(5), result: 'Blocked' },
        { ...minute(6), direction: 'Inbound', result: 'Accepted', from: { phoneNumber: '+16505550142' } },
        { ...minute(7), direction: 'Inbound', result: 'Missed', from: { extensionNumber: '102' }, sessionId: '4711' },
        { ...minute(9), type: 'Fax', result: 'Sent' },
        // Written down late.
        { startTime: '2026-11-21T11:58:45Z', transport: 'VoIP', recordingType: 'OnDemand' },
      ],
    });

    expect(await results(query)).toEqual(expected);
  });

  test.each(['?direction=Sideways', '?dateFrom=yesterday', '?view=Long', '?page=0', '?perPage=most', '?showBlocked=1', '?dateTo=2026-11-21&dateTo=2026-11-22'])(
    '%s is refused',
    async (query) => {
      const { send } = await callLog();

      expect(codes(await send('GET', `${LOG}${query}`))).toEqual([400, 'InvalidParameter', 'CMN-101']);
    },
  );

  test('a session is asked for alone', async () => {
    const { send } = await callLog();

    expect(codes(await send('GET', `${LOG}?sessionId=1&dateFrom=2026-01-01`))).toEqual([400, 'CLG-110', 'CLG-110']);
  });
});

describe('one call', () => {
  test('is found by its id, and several with 207', async () => {
    const { plant, send } = await callLog();
    const { ids } = (await plant({ count: 2 })).json as { ids: string[] };

    expect((await send('GET', `${LOG}/${ids[0]}`)).json.id).toBe(ids[0]);
    expect((await send('GET', `${ACCOUNT}/call-log/${ids[1]}`)).json.id).toBe(ids[1]);
    expect((await send('GET', `${LOG}/${ids.join(',')}`)).status).toBe(207);
    expect(codes(await send('GET', `${LOG}/nothing`))).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });
});

describe('deleting calls', () => {
  test('leaves those after the time, and shows the others only where they are asked for', async () => {
    const { plant, send, results } = await callLog();
    await plant({ records: [{ startTime: '2026-11-21T11:00:00Z', result: 'Busy' }, { startTime: '2026-11-21T11:30:00Z' }] });

    expect((await send('DELETE', `${LOG}?dateTo=2026-11-21T11:15:00Z`)).status).toBe(204);

    expect(await results()).toEqual(['Call connected']);
    expect(await results('?showDeleted=true')).toEqual(['Call connected', 'Busy']);
  });
});

describe('synchronizing the call log', () => {
  interface Sync {
    readonly records: readonly Record[];
    readonly syncInfo: { readonly syncType: string; readonly syncToken: string };
  }
  const syncing = async () => {
    const world = await callLog();
    return { ...world, sync: async (query: string) => (await world.send('GET', `${EXTENSION}/call-log-sync${query}`)).json as unknown as Sync };
  };

  test('brings the newest, then what is new, what was deleted, and more of the past where that is asked for', async () => {
    const { plant, send, sync } = await syncing();
    await plant({ count: 10 });
    const whole = await sync('?syncType=FSync&recordCount=3');
    await send('DELETE', `${LOG}?dateTo=2026-11-21T11:50:30Z`);
    await plant({ records: [{ result: 'Busy' }] });

    const changes = await sync(`?syncType=ISync&syncToken=${whole.syncInfo.syncToken}&showDeleted=true`);
    const older = await sync(`?syncType=ISync&syncToken=${changes.syncInfo.syncToken}&recordCount=2`);

    expect(whole.records).toHaveLength(3);
    expect(changes.records.map(({ result, deleted }) => [result, deleted])).toEqual([
      ['Busy', undefined],
      ['Call connected', true],
    ]);
    expect(older.records.map(({ startTime }) => startTime)).toEqual(['2026-11-21T11:56:00.000Z', '2026-11-21T11:55:00.000Z']);
  });

  test('may be of the missed ones only', async () => {
    const { plant, sync } = await syncing();
    await plant({ count: 10 });

    expect((await sync('?statusGroup=Missed')).records.map(({ result }) => result)).toEqual(['Missed', 'Missed']);
  });

  test.each([
    ['no token', '', 'CLG-101'],
    ['a token that is none', '&syncToken=abc', 'CLG-102'],
    ['another log’s', `&syncToken=${Buffer.from('1:0:0').toString('base64url')}`, 'CLG-104'],
    ['one of before a reset', `&syncToken=${Buffer.from(`${OWNER}:9:0`).toString('base64url')}`, 'CLG-104'],
  ])('ISync with %s is refused', async (_what, query, code) => {
    const { send } = await callLog();

    expect(codes(await send('GET', `${EXTENSION}/call-log-sync?syncType=ISync${query}`))).toEqual([400, code, code]);
  });
});

describe('the control', () => {
  test('makes the same calls for the same clock', async () => {
    const shape = async (world: Outside & { list: () => Promise<Listed> }) =>
      (await world.list()).records.map(({ startTime, result, direction, from, to, duration }) => ({ startTime, result, direction, from, to, duration }));
    const [one, other] = [await callLog(), await callLog()];
    await one.plant({ count: 20 });
    await other.plant({ count: 20 });

    expect(await shape(one)).toEqual(await shape(other));
  });

  test.each([
    ['ownerId', { ownerId: '1', count: 1 }],
    ['count', {}],
    ['count', { count: 1, records: [{}] }],
    ['count', { count: 10_001 }],
    ['records.0.startTime', { records: [{ startTime: 'now' }] }],
    ['records.0.direction', { records: [{ direction: 'Up' }] }],
  ])('says that %s is wrong', async (field, input) => {
    const { plant } = await callLog();

    const answer = await plant(input);

    expect(answer.status).toBe(400);
    expect((answer.json.errors as { field: string }[])[0]?.field).toBe(field);
  });
});
