import { describe, expect, test } from 'vitest';
import { inside } from '../../../test/sandbox-inside.ts';
import { ACCOUNT, codes, EXTENSION, outside, RING_OUT, sender } from '../../../test/sandbox-world.ts';
import { TWO_USERS } from '../../../test/two-users.ts';
import type { PlatformEvent } from '../events.ts';

const PRESENCE = `${EXTENSION}/presence`;

async function frontDesk() {
  const world = await outside();
  const { access_token } = await world.signIn();
  const send = sender(world, access_token);
  return { ...world, send, status: async () => (await send('GET', `${PRESENCE}?detailedTelephonyState=true`)).json };
}

describe('presence', () => {
  test('is available until the user says otherwise; what is not said stays', async () => {
    const { send, status } = await frontDesk();
    const before = await status();

    const busy = await send('PUT', PRESENCE, { userStatus: 'Busy', message: 'back at noon' });
    const forbidden = await send('PUT', PRESENCE, { dndStatus: 'DoNotAcceptAnyCalls' });

    expect(before).toMatchObject({ presenceStatus: 'Available', telephonyStatus: 'NoCall', dndStatus: 'TakeAllCalls', activeCalls: [] });
    expect(busy.json).toMatchObject({ presenceStatus: 'Busy', userStatus: 'Busy', message: 'back at noon' });
    expect(forbidden.json).toMatchObject({ userStatus: 'Busy', dndStatus: 'DoNotAcceptAnyCalls', message: 'back at noon' });
  });

  test.each([{ userStatus: 'Away' }, { dndStatus: 1 }, { message: 'x'.repeat(76) }, { allowSeeMyPresence: 'yes' }])('%j is refused', async (body) => {
    const { send } = await frontDesk();

    expect(codes(await send('PUT', PRESENCE, body))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });

  test('follows a RingOut: it rings, is connected, and over', async () => {
    const { send, status, sandbox } = await frontDesk();
    await send('POST', RING_OUT, { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: '+16505551230' } });

    const ringing = await status();
    await sandbox.advance(2_000);
    const connected = await status();
    await sandbox.advance(58_000);

    expect(ringing).toMatchObject({ telephonyStatus: 'Ringing', presenceStatus: 'Busy', activeCalls: [{ to: '+16505551230', direction: 'Outbound' }] });
    expect(connected).toMatchObject({ telephonyStatus: 'CallConnected', presenceStatus: 'Busy' });
    expect(await status()).toMatchObject({ telephonyStatus: 'NoCall', presenceStatus: 'Available', activeCalls: [] });
  });

  test.each([
    ['answers: rings, talks, and is free again', '102', ['NoCall', 'Ringing', 'CallConnected', 'CallConnected', 'NoCall']],
    ['does not answer: rings, and gives up', '+16505550002', ['NoCall', 'Ringing', 'Ringing', 'NoCall', 'NoCall']],
    ['is busy: never rings', '+16505550001', ['NoCall', 'NoCall', 'NoCall', 'NoCall', 'NoCall']],
  ])('of a user who is called and %s', async (_what, to, statuses) => {
    const accounts = TWO_USERS.accounts.map((account) => ({
      ...account,
      extensions: account.extensions.map((one) => ({ ...one, directNumbers: one.id === 1_002 ? ['+16505550001', '+16505550002'] : [] })),
    }));
    const world = await outside({ data: { ...TWO_USERS, accounts } });
    const { access_token } = await world.signIn({ username: '16505550100', extension: '101', password: 'x' }, 'two:users');
    const send = sender(world, access_token);
    await send('POST', RING_OUT, { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: to } });
    const seen: Record<string, unknown>[] = [];

    for (const waitMs of [0, 2_000, 2_000, 16_000, 40_000]) {
      await world.sandbox.advance(waitMs);
      seen.push((await send('GET', `${ACCOUNT}/extension/1002/presence?detailedTelephonyState=true`)).json);
    }

    expect(seen.map(({ telephonyStatus }) => telephonyStatus)).toEqual(statuses);
    const inbound = { direction: 'Inbound', from: '+16505550100', to };
    expect(seen.map(({ activeCalls }) => activeCalls)).toMatchObject(statuses.map((status) => (status === 'NoCall' ? [] : [inbound])));
  });

  test('of a colleague is seen, unless it is not to be; only its owner changes it', async () => {
    const world = await outside({ data: TWO_USERS });
    const token = async (extension: string) => String((await world.signIn({ username: '16505550100', extension, password: 'x' }, 'two:users')).access_token);
    const [administrator, other] = [sender(world, await token('101')), sender(world, await token('102'))];
    const ofFirst = `${ACCOUNT}/extension/1001/presence`;

    expect((await other('GET', ofFirst)).status).toBe(200);
    expect(codes(await other('PUT', ofFirst, { userStatus: 'Busy' }))).toEqual([403, 'CMN-404', 'CMN-404']);
    await administrator('PUT', PRESENCE, { allowSeeMyPresence: false });

    expect(codes(await other('GET', ofFirst))).toEqual([403, 'CMN-404', 'CMN-404']);
    expect((await administrator('GET', PRESENCE)).status).toBe(200);
    expect((await other('GET', `${ACCOUNT}/presence`)).json.records).toMatchObject([{ extension: { id: 1_002 } }]);
  });
});

describe('presence events', () => {
  test.each([
    ['when it is called', false, ['Ringing', 'CallConnected', 'NoCall']],
    ['when the caller gives up while it rings', true, ['Ringing', 'NoCall']],
  ])('tell of another user of the platform %s', async (_what, isCancelled, statuses) => {
    const { world, advance, as } = inside();
    const heard: PlatformEvent[] = [];
    world.events.listen((event) => heard.push(event));
    const ask = as({ kind: 'user', ownerId: '403141004' });

    const { json } = await ask('POST', RING_OUT, { to: { phoneNumber: '+16505550102' } });
    advance(3_000);
    if (isCancelled) await ask('DELETE', `${RING_OUT}/${String(json.id)}`);
    advance(3_600_000);

    const filter = '/restapi/v1.0/account/1110475004/extension/1110475004/presence';
    const told = heard.filter((event) => event.filter === filter && event.attributes === undefined);
    expect(told.map(({ body }) => (body as Record<string, unknown>).telephonyStatus)).toEqual(statuses);
  });

  test('tell each change once for either kind of filter, in rising order, though the clock jumps over them all', async () => {
    const { world, advance, as } = inside();
    const heard: PlatformEvent[] = [];
    world.events.listen((event) => heard.push(event));

    await as({ kind: 'user', ownerId: '403141004' })('POST', RING_OUT, { to: { phoneNumber: '+16505551230' } });
    advance(3_600_000);

    const own = heard.filter(({ filter }) => filter === '/restapi/v1.0/account/403140004/extension/403141004/presence');
    const detailed = own.filter(({ attributes }) => attributes?.detailedTelephonyState === 'true').map(({ body }) => body as Record<string, unknown>);
    expect(own).toHaveLength(6);
    expect(detailed.map(({ telephonyStatus }) => telephonyStatus)).toEqual(['Ringing', 'CallConnected', 'NoCall']);
    expect(detailed.map(({ totalActiveCalls }) => totalActiveCalls)).toEqual([1, 1, 0]);
    const sequences = detailed.map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
    expect(heard.filter(({ filter }) => filter === '/restapi/v1.0/account/403140004/presence')).toHaveLength(6);
  });
});
