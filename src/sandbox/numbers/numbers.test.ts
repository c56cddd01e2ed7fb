import { describe, expect, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, outside, RING_OUT, sender } from '../../../test/sandbox-world.ts';

const FORWARDING = `${EXTENSION}/forwarding-number`;

async function frontDesk() {
  const world = await outside();
  const send = sender(world, (await world.signIn()).access_token);
  const records = async (path: string) => (await send('GET', path)).json.records as Record<string, unknown>[];
  return { ...world, send, records };
}

describe('phone numbers', () => {
  test('of an account are its main number and everybody’s own; a user’s are the main number and its own', async () => {
    const { records } = await frontDesk();

    expect(await records(`${ACCOUNT}/phone-number`)).toMatchObject([
      { phoneNumber: '+18889363711', usageType: 'MainCompanyNumber', paymentType: 'TollFree', primary: true },
      { phoneNumber: '+16505550101', usageType: 'DirectNumber', location: 'Belmont, CA', extension: { extensionNumber: '101' } },
    ]);
    expect(await records(`${EXTENSION}/phone-number`)).toMatchObject([
      { usageType: 'MainCompanyNumber', features: ['CallerId'] },
      { usageType: 'DirectNumber', features: ['CallerId', 'SmsSender', 'MmsSender'], country: { id: '1' } },
    ]);
  });

  test('are filtered, and found by id', async () => {
    const { send, records } = await frontDesk();

    expect(await records(`${ACCOUNT}/phone-number?usageType=DirectNumber`)).toHaveLength(1);
    expect(await records(`${ACCOUNT}/phone-number?paymentType=Local`)).toHaveLength(1);
    expect(await records(`${ACCOUNT}/phone-number?status=Pending`)).toHaveLength(0);
    expect((await send('GET', `${ACCOUNT}/phone-number/16505550101`)).json.phoneNumber).toBe('+16505550101');
    expect(codes(await send('GET', `${ACCOUNT}/phone-number/1`))).toEqual([404, 'InvalidParameter', 'CMN-102']);
    expect(codes(await send('GET', `${ACCOUNT}/phone-number?usageType=Mine`))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });
});

describe('a forwarding number', () => {
  test('is added, called by a RingOut, changed and deleted', async () => {
    const { send, records, sandbox } = await frontDesk();

    const { json } = await send('POST', FORWARDING, { phoneNumber: '(650) 555-0177', label: 'Car', type: 'Mobile' });
    await send('POST', RING_OUT, { from: { forwardingNumberId: json.id }, to: { phoneNumber: '+16505551230' } });
    const changed = await send('PUT', `${FORWARDING}/${json.id}`, { label: 'Boat', flipNumber: '8' });

    expect(json).toMatchObject({ phoneNumber: '+16505550177', label: 'Car', type: 'Mobile', flipNumber: '4' });
    expect(sandbox.state().ringOuts).toMatchObject([{ from: '+16505550177' }]);
    expect(changed.json).toMatchObject({ label: 'Boat', flipNumber: '8', phoneNumber: '+16505550177' });
    expect((await send('DELETE', `${FORWARDING}/${json.id}`)).status).toBe(204);
    expect(codes(await send('GET', `${FORWARDING}/${json.id}`))).toEqual([404, 'InvalidParameter', 'CMN-102']);
    expect(await records(FORWARDING)).toHaveLength(3);
  });

  test('several are deleted at once, or none of them', async () => {
    const { send, records } = await frontDesk();
    const remove = (...ids: string[]) => send('DELETE', FORWARDING, { records: ids.map((forwardingNumberId) => ({ forwardingNumberId })) });

    expect((await remove('403142004', '1')).status).toBe(404);
    expect(await records(FORWARDING)).toHaveLength(3);
    expect((await remove('403142004', '403143004')).status).toBe(204);
    expect(await records(FORWARDING)).toMatchObject([{ label: 'Mobile' }]);
  });

  test('that is none, is there already, or is the eleventh, is refused', async () => {
    const { send } = await frontDesk();
    const add = (phoneNumber: unknown) => send('POST', FORWARDING, { phoneNumber });

    expect(codes(await add('12'))).toEqual([400, 'FPN-102', 'FPN-102']);
    expect(codes(await add('650-555-3711'))).toEqual([400, 'FPN-105', 'FPN-105']);
    expect(codes(await add(7))).toEqual([400, 'InvalidParameter', 'CMN-101']);
    for (let line = 0; line < 7; line += 1) await add(`+1650555017${line}`);
    expect(codes(await add('+16505550178'))).toEqual([400, 'FPN-103', 'FPN-103']);
  });
});
