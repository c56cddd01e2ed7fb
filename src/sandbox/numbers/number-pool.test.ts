import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InsideReply, inside } from '../../../test/sandbox-inside.ts';

const LOOKUP = '/restapi/v1.0/number-pool/lookup';
const RESERVE = '/restapi/v1.0/number-pool/reserve';
const ACCOUNTS = '/restapi/v1.0/account';
const HOUR_MS = 3_600_000;
const TOMORROW = '2026-11-22T12:00:00Z';

interface Found {
  readonly phoneNumber: string;
  readonly [field: string]: unknown;
}

/** A partner in a signup session of brand 1234. */
function partner() {
  const made = inside();
  const ask = made.as({ kind: 'signup', brandId: '1234' });
  const found = async (query: string) => ((await ask('POST', `${LOOKUP}?${query}`)).json.records as Found[]) ?? [];
  return {
    ...made,
    ask,
    found,
    numbers: async (query: string) => (await found(query)).map(({ phoneNumber }) => phoneNumber),
    reserve: async (phoneNumber: string, reservedTill?: string, by = ask) => {
      const { json } = await by('POST', RESERVE, { records: [{ phoneNumber, ...(reservedTill !== undefined && { reservedTill }) }] });
      return (json.records as Found[])[0] as Found;
    },
  };
}

const codesOf = ({ status, json }: InsideReply) => [status, json.errorCode, json.parameterName];

describe('looking numbers up', () => {
  test('finds ten of an area code, all of the exchange 555, and written as people do', async () => {
    const { found } = partner();

    const records = await found('npa=650');

    expect(records).toHaveLength(10);
    expect(records.every(({ phoneNumber }) => /^\+1650555\d{4}$/.test(phoneNumber))).toBe(true);
    expect(records[0]?.formattedNumber).toBe('(650) 555-0100');
  });

  test('leaves out what somebody has', async () => {
    const { numbers } = partner();

    expect(await numbers('npa=650&numberPattern=555010*')).toEqual(expect.not.arrayContaining(['+16505550101', '+16505550102']));
    expect(await numbers('npa=650&numberPattern=5550103')).toEqual(['+16505550103']);
  });

  test.each([
    ['npa=650&line=**42&perPage=2', ['+16505550142', '+16505550242']],
    ['npa=650&nxx=555&line=0200', ['+16505550200']],
    ['npa=650&nxx=556', []],
    ['areaCode=415&numberPattern=555CATS', ['+14155552287']],
    ['npa=650&exclude=0&exclude=1&perPage=1', ['+16505552222']],
    ['npa=650&paymentType=TollFree', []],
    ['npa=888&paymentType=TollFree&perPage=1', ['+18885550100']],
    ['npa=416&countryCode=CA&perPage=1', ['+14165550100']],
    ['npa=650&countryId=224', []],
  ])('%s', async (query, expected) => {
    const { numbers } = partner();

    expect(await numbers(query)).toEqual(expected);
  });

  test('an extended search ranks what fits before what does not', async () => {
    const { found } = partner();

    const records = await found('npa=650&numberPattern=5550142&extendedSearch=true&perPage=3');

    expect(records.map(({ phoneNumber, rank }) => [phoneNumber, rank])).toEqual([
      ['+16505550142', 1],
      ['+16505550100', 10],
      ['+16505550103', 10],
    ]);
  });

  test.each([
    ['', 'npa'],
    ['npa=12', 'npa'],
    ['npa=650&line=12345', 'line'],
    ['npa=650&exclude=abc', 'exclude'],
    ['npa=650&countryId=4711', 'countryId'],
    ['npa=650&perPage=0', 'perPage'],
    ['npa=650&npa=415', 'npa'],
  ])('%s is refused', async (query, parameter) => {
    const { ask } = partner();

    expect(codesOf(await ask('POST', `${LOOKUP}?${query}`))).toEqual([400, 'InvalidParameter', parameter]);
  });

  test('whatever the pattern, each number fits it', async () => {
    const { numbers } = partner();
    const place = fc.constantFrom(...'0123456789****');

    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 4, maxLength: 4 }), async (places) => {
        const fitting = new RegExp(`^\\+1650555${places.join('').replaceAll('*', '\\d')}$`);

        expect((await numbers(`npa=650&line=${places.join('')}`)).every((number) => fitting.test(number))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a reserved number', () => {
  test('is kept until the time, by the sandbox’s clock, and then anybody’s', async () => {
    const { reserve, numbers, advance } = partner();

    const reserved = await reserve('(650) 555-0142', TOMORROW);

    expect(reserved).toMatchObject({
      phoneNumber: '+16505550142',
      status: 'Reserved',
      reservedTill: '2026-11-22T12:00:00.000Z',
      reservationId: expect.any(String),
    });
    expect(await numbers('npa=650&numberPattern=5550142')).toEqual([]);
    advance(24 * HOUR_MS);
    expect(await numbers('npa=650&numberPattern=5550142')).toEqual(['+16505550142']);
  });

  test('is nobody else’s to reserve, and given back by its holder', async () => {
    const { reserve, as, numbers } = partner();
    await reserve('+16505550142', TOMORROW);
    const other = as({ kind: 'signup', brandId: '1210' });

    expect(await reserve('+16505550142', TOMORROW, other)).toMatchObject({ status: 'Failed', error: 'NumberIsNotAvailable' });
    expect(await reserve('+16505550142')).toMatchObject({ status: 'Unreserved' });
    expect(await numbers('npa=650&numberPattern=5550142')).toEqual(['+16505550142']);
  });

  test.each(['+16505550101', '+442079460958', 'abc', '+16505550001'])('%s cannot be had', async (phoneNumber) => {
    const { reserve } = partner();

    expect(await reserve(phoneNumber, TOMORROW)).toMatchObject({ status: 'Failed' });
  });

  test.each(['soon', '2030-01-01T00:00:00Z'])('till %s is refused', async (reservedTill) => {
    const { ask } = partner();

    const answer = await ask('POST', RESERVE, { records: [{ phoneNumber: '+16505550142', reservedTill }] });

    expect(codesOf(answer)).toEqual([400, 'InvalidParameter', 'records[0].reservedTill']);
  });
});

describe('opening an account', () => {
  const OPERATOR = {
    contact: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com', company: 'Navy' },
    password: 'secret',
    extensionNumber: '101',
  };
  const REQUEST = { mainNumber: '+16505550142', partnerId: 'BAN0010', operator: OPERATOR };

  test('gives an account with its administrator, to whom an account-centric session and a user’s lead', async () => {
    const { ask, reserve, as, world } = partner();
    const { reservationId } = await reserve('+16505550142', TOMORROW);

    const opened = await ask('POST', ACCOUNTS, { ...REQUEST, reservationId });

    const { id } = opened.json as { id: number };
    const administrator = world.directory.findLogin('6505550142', '101');
    expect(opened).toMatchObject({
      status: 200,
      json: { mainNumber: '+16505550142', partnerId: 'BAN0010', serviceInfo: { brand: { id: '1234' } }, status: 'Unconfirmed' },
    });
    expect(world.directory.findAccount(id)).toMatchObject({ brandId: '1234', partnerAccountId: 'BAN0010', name: 'Navy' });
    expect(administrator?.extension).toMatchObject({ password: 'secret', mainAdministrator: true });
    const centric = as({ kind: 'account', accountId: String(id) });
    expect((await centric('GET', `${ACCOUNTS}/${id}/extension`)).json.records).toMatchObject([{ name: 'Grace Hopper' }]);
    expect((await centric('GET', `${ACCOUNTS}/403140004`)).status).toBe(401);
    const user = as({ kind: 'user', ownerId: String(administrator?.extension.id) });
    expect((await user('GET', `${ACCOUNTS}/~`)).json.id).toBe(id);
  });

  test.each([
    ['mainNumber', {}, false],
    ['reservationId', { reservationId: 'other' }, true],
    ['serviceInfo.brand.id', { serviceInfo: { brand: { id: '1210' } } }, true],
    ['operator.contact.email', { operator: { ...OPERATOR, contact: { firstName: 'Grace' } } }, true],
  ])('with a wrong %s is refused, and opens none', async (parameter, change, isReserved) => {
    const { ask, reserve, world } = partner();
    if (isReserved) await reserve('+16505550142', TOMORROW);

    expect(codesOf(await ask('POST', ACCOUNTS, { ...REQUEST, ...change }))).toEqual([400, 'InvalidParameter', parameter]);
    expect(world.directory.findLogin('6505550142', '101')).toBeUndefined();
  });

  test('on a reservation that has ended is refused', async () => {
    const { ask, reserve, advance } = partner();
    await reserve('+16505550142', '2026-11-21T13:00:00Z');
    advance(HOUR_MS);

    expect(codesOf(await ask('POST', ACCOUNTS, REQUEST))).toEqual([400, 'InvalidParameter', 'mainNumber']);
  });

  test('under a partner’s id that the brand has already is refused', async () => {
    const { ask, reserve } = partner();
    await reserve('+16505550142', TOMORROW);
    await reserve('+16505550143', TOMORROW);
    await ask('POST', ACCOUNTS, REQUEST);

    const again = { ...REQUEST, mainNumber: '+16505550143', operator: { ...OPERATOR, contact: { ...OPERATOR.contact, email: 'other@example.com' } } };

    expect(codesOf(await ask('POST', ACCOUNTS, again))).toEqual([400, 'InvalidParameter', 'partnerId']);
  });

  test('is for signup sessions; these reach no account', async () => {
    const { ask, as } = partner();
    const user = as({ kind: 'user', ownerId: '403141004' });

    expect((await user('POST', ACCOUNTS, REQUEST)).status).toBe(401);
    expect((await ask('GET', `${ACCOUNTS}/403140004`)).status).toBe(401);
    expect((await ask('GET', '/restapi/v1.0/dictionary/state')).status).toBe(200);
  });
});
