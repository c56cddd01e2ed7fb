import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, outside, sender, TOKEN } from '../../../test/sandbox-world.ts';

const CONTACTS = `${EXTENSION}/address-book/contact`;
const SYNC = `${EXTENSION}/address-book-sync`;
const PRINTED = '/restapi/v1.0/account/1110475004/extension/1110475004/address-book/contact/29874662828';

/** Front desk's address book. */
async function addressBook() {
  const world = await outside();
  const { access_token: token } = await world.signIn();
  const send = sender(world, token);
  const create = async (fields: object) => (await send('POST', CONTACTS, fields)).json;
  const names = async (query = '') => ((await send('GET', `${CONTACTS}${query}`)).json.records as { firstName: string }[]).map(({ firstName }) => firstName);
  return { ...world, token, send, create, names };
}

describe('the documents’ own example', () => {
  test('gives the contact by header and by query token', async () => {
    const { signIn, get, ask } = await outside();
    const { access_token } = await signIn({ username: '18887776655', extension: '102', password: 'Myp@ssw0rd' });

    const byHeader = await get(PRINTED, access_token);
    const byQuery = await ask(`${PRINTED}?access_token=${access_token}`);

    expect(byHeader.status).toBe(200);
    expect(byHeader.json).toMatchObject({ id: 29_874_662_828, availability: 'Alive', firstName: expect.any(String) });
    expect(byQuery.json).toEqual(byHeader.json);
  });

  test('is in nobody else’s address book', async () => {
    const { send } = await addressBook();

    expect(codes(await send('GET', PRINTED))).toEqual([404, 'InvalidParameter', 'CMN-102']);
    expect(codes(await send('GET', `${CONTACTS}/29874662828`))).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });
});

describe('a contact', () => {
  test('is as it was written down, with an id and a link to itself', async () => {
    const { send, create, sandbox } = await addressBook();

    const created = await create({ firstName: 'Grace', notes: '', birthday: '1906-12-09T00:00:00Z', unknownField: 1, company: null });

    expect(created).toEqual({
      uri: `${sandbox.origin}/restapi/v1.0/account/403140004/extension/403141004/address-book/contact/${created.id}`,
      id: expect.any(Number),
      availability: 'Alive',
      firstName: 'Grace',
      birthday: '1906-12-09T00:00:00Z',
    });
    expect((await send('GET', `${CONTACTS}/${created.id}`)).json).toEqual(created);
  });

  test('is replaced by PUT; PATCH changes what is named, and takes away what is empty', async () => {
    const { send, create } = await addressBook();
    const { id, uri } = await create({ firstName: 'Grace', lastName: 'Murray', company: 'Navy' });

    const patched = await send('PATCH', `${CONTACTS}/${id}`, { lastName: 'Hopper', company: '' });
    const replaced = await send('PUT', `${CONTACTS}/${id}`, { nickName: 'Amazing' });

    expect(patched.json).toEqual({ id, uri, availability: 'Alive', firstName: 'Grace', lastName: 'Hopper' });
    expect(replaced.json).toEqual({ id, uri, availability: 'Alive', nickName: 'Amazing' });
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['birthday', { birthday: 'yesterday' }],
    ['firstName', { firstName: 7 }],
    ['homeAddress.city', { homeAddress: { city: [] } }],
  ])('a %s that is none is refused, and nothing changes', async (parameterName, fields) => {
    const { send, names } = await addressBook();

    const answer = await send('POST', CONTACTS, fields);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(parameterName);
    expect(await names()).toEqual([]);
  });

  test('whatever text it holds comes back as it was', async () => {
    const { create, send } = await addressBook();

    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: 'binary' }), async (notes) => {
        const { id } = await create({ notes });

        expect((await send('GET', `${CONTACTS}/${id}`)).json.notes).toBe(notes);
      }),
      { numRuns: 30 },
    );
  });
});

describe('several contacts at once', () => {
  test('come as multipart/mixed with 207, each with its own status', async () => {
    const { send, create } = await addressBook();
    const { id } = await create({ firstName: 'Grace' });

    const answer = await send('GET', `${CONTACTS}/${id},111`);

    const [, first = '', second = '', third = ''] = answer.text.split(/--Boundary[^\r]*\r\n/);
    const bodyOf = (part: string) => JSON.parse(part.split('\r\n\r\n')[1] ?? '');
    expect(answer.status).toBe(207);
    expect(answer.headers['content-type']).toMatch(/^multipart\/mixed; boundary=/);
    expect(bodyOf(first).response).toMatchObject([{ status: 200, responseDescription: 'OK' }, { status: 404 }]);
    expect(bodyOf(second)).toMatchObject({ id, firstName: 'Grace' });
    expect(bodyOf(third)).toMatchObject({ errorCode: 'InvalidParameter' });
  });

  test('come as a JSON list where that is asked for', async () => {
    const { send, create } = await addressBook();
    const { id } = await create({ firstName: 'Grace' });

    const answer = await send('GET', `${CONTACTS}/${id},111`, undefined, { accept: 'application/vnd.ringcentral.multipart+json' });

    expect(answer.status).toBe(207);
    expect(JSON.parse(answer.text)).toMatchObject([
      { resourceId: String(id), status: 200, body: { firstName: 'Grace' } },
      { resourceId: '111', status: 404 },
    ]);
  });

  test('are deleted with 204 where all were there, and with 207 where one was not', async () => {
    const { send, create, names } = await addressBook();
    const [one, two, three] = [await create({ firstName: 'A' }), await create({ firstName: 'B' }), await create({ firstName: 'C' })];

    expect((await send('DELETE', `${CONTACTS}/${one.id},${two.id}`)).status).toBe(204);
    expect((await send('DELETE', `${CONTACTS}/${one.id},${three.id}`)).status).toBe(207);
    expect(await names()).toEqual([]);
    expect((await send('DELETE', `${CONTACTS}/${three.id}`)).status).toBe(404);
  });

  test('more than fifty are too many', async () => {
    const { send } = await addressBook();

    expect(codes(await send('GET', `${CONTACTS}/${Array.from({ length: 51 }, (_, id) => id).join(',')}`))).toEqual([400, 'CMN-106', 'CMN-106']);
  });
});

describe('the list of contacts', () => {
  test('is by first name unless told, and found by the beginning of a name and by number', async () => {
    const { create, names } = await addressBook();
    await create({ firstName: 'Grace', lastName: 'Hopper', mobilePhone: '+1 (650) 555-0142' });
    await create({ firstName: 'Ada', lastName: 'Lovelace', company: 'Zephyr' });
    await create({ firstName: 'hedy', lastName: 'Lamarr', company: 'Acme' });

    expect(await names()).toEqual(['Ada', 'Grace', 'hedy']);
    expect(await names('?sortBy=LastName')).toEqual(['Grace', 'hedy', 'Ada']);
    expect(await names('?sortBy=Company&sortBy=FirstName')).toEqual(['Grace', 'hedy', 'Ada']);
    expect(await names('?startsWith=L')).toEqual(['Ada', 'hedy']);
    expect(await names('?phoneNumber=%2B16505550142')).toEqual(['Grace']);
    expect(await names('?page=2&perPage=2')).toEqual(['hedy']);
  });

  test('links to its next page with the same filter, and without the token', async () => {
    const { create, ask, token } = await addressBook();
    for (const firstName of ['Ada', 'Agnes', 'Grace']) await create({ firstName });

    const { json } = await ask(`${CONTACTS}?startsWith=A&perPage=1&access_token=${token}`);

    expect((json.navigation as { nextPage: { uri: string } }).nextPage.uri).toMatch(/contact\?page=2&perPage=1&startsWith=A$/);
  });

  test.each(['?sortBy=Age', '?page=1&page=2', '?perPage=max', '?startsWith=a&startsWith=b'])('%s is refused', async (query) => {
    const { send } = await addressBook();

    expect(codes(await send('GET', `${CONTACTS}${query}`))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });
});

describe('synchronizing the address book', () => {
  interface Sync {
    readonly records: { firstName?: string; availability: string }[];
    readonly syncInfo: { syncType: string; syncToken: string };
    readonly nextPageId?: number;
  }

  test('brings everything, and afterwards what has changed since, deletions too', async () => {
    const { send, create } = await addressBook();
    const [kept, dropped] = [await create({ firstName: 'Ada' }), await create({ firstName: 'Grace' })];
    const sync = async (query: string) => (await send('GET', `${SYNC}${query}`)).json as unknown as Sync;

    const whole = await sync('');
    await send('DELETE', `${CONTACTS}/${dropped.id}`);
    await send('PATCH', `${CONTACTS}/${kept.id}`, { firstName: 'Augusta' });
    const changes = await sync(`?syncType=ISync&syncToken=${whole.syncInfo.syncToken}`);
    const nothing = await sync(`?syncType=ISync&syncToken=${changes.syncInfo.syncToken}`);

    expect(whole.records.map(({ firstName }) => firstName)).toEqual(['Ada', 'Grace']);
    expect(changes.records.map(({ firstName, availability }) => [firstName, availability])).toEqual([
      [undefined, 'Deleted'],
      ['Augusta', 'Alive'],
    ]);
    expect(nothing.records).toEqual([]);
  });

  test('comes in pages', async () => {
    const { send, create } = await addressBook();
    for (const firstName of ['Ada', 'Grace', 'Hedy']) await create({ firstName });

    const first = (await send('GET', `${SYNC}?perPage=2`)).json as unknown as Sync;
    const second = (await send('GET', `${SYNC}?perPage=2&pageId=${first.nextPageId}`)).json as unknown as Sync;

    expect([...first.records, ...second.records].map(({ firstName }) => firstName)).toEqual(['Ada', 'Grace', 'Hedy']);
    expect(second).not.toHaveProperty('nextPageId');
  });

  test.each(['?syncType=ISync', '?syncType=ISync&syncToken=abc', '?perPage=251', '?syncType=Sync'])('%s is refused', async (query) => {
    const { send } = await addressBook();

    expect(codes(await send('GET', `${SYNC}${query}`))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });
});

describe('favorites', () => {
  test('are kept as they were set, and must be somebody', async () => {
    const { send, create } = await addressBook();
    const { id } = await create({ firstName: 'Ada' });

    const set = await send('PUT', `${EXTENSION}/favorite`, { records: [{ contactId: String(id) }, { extensionId: '403141004' }] });
    const refused = await send('PUT', `${EXTENSION}/favorite`, { records: [{ contactId: '1' }] });

    expect(set.json.records).toEqual([
      { id: 1, contactId: String(id) },
      { id: 2, extensionId: '403141004' },
    ]);
    expect(refused.json.parameterName).toBe('records[0]');
    expect((await send('GET', `${EXTENSION}/favorite`)).json).toEqual(set.json);
  });
});

describe('permissions', () => {
  test('an app without Contacts reads, and does not write', async () => {
    const data = {
      apps: [{ clientId: 'a', clientSecret: 's', grantTypes: ['password'], permissions: ['ReadContacts'], redirectUris: [] }],
      accounts: ACCOUNTS,
    };
    const { postForm, get, postJson } = await outside({ data });
    const { json } = await postForm(TOKEN, { grant_type: 'password', username: '16505550100', password: 'x' }, 'a:s');
    const token = String(json.access_token);

    expect((await get(CONTACTS, token)).status).toBe(200);
    expect(codes(await postJson(CONTACTS, { firstName: 'Ada' }, token))).toEqual([403, 'InsufficientPermissions', 'CMN-401']);
    expect(codes(await get(ACCOUNT, token))).toEqual([403, 'InsufficientPermissions', 'CMN-401']);
  });
});

const ACCOUNTS = [
  {
    id: 1_000,
    mainNumber: '+16505550100',
    name: 'Small',
    extensions: [
      {
        id: 1_001,
        extensionNumber: '101',
        name: 'Only One',
        email: 'one@example.com',
        password: 'x',
        mainAdministrator: true,
        directNumbers: [],
        forwardingNumbers: [],
      },
    ],
  },
];
