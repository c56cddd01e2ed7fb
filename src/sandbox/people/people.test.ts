import { describe, expect, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, outside, sender } from '../../../test/sandbox-world.ts';
import { manyUsers, TWO_USERS } from '../../../test/two-users.ts';
import type { SandboxOptions } from '../start.ts';

const LIST = `${ACCOUNT}/extension`;
const OTTO = `${LIST}/1002`;
const NEW = { contact: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com' }, password: 'secret' };

interface Person {
  readonly id: number;
  readonly extensionNumber: string;
  readonly [field: string]: unknown;
}

async function twoUsers(options: SandboxOptions = {}) {
  const world = await outside({ data: TWO_USERS, ...options });
  const signedIn = async (extension: string, password = 'x') => world.signIn({ username: '16505550100', extension, password }, 'two:users');
  const [administrator, other] = [sender(world, (await signedIn('101')).access_token), sender(world, (await signedIn('102')).access_token)];
  const numbers = async (query = '') =>
    ((await administrator('GET', `${LIST}${query}`)).json.records as Person[]).map(({ extensionNumber }) => extensionNumber);
  return { ...world, signedIn, administrator, other, numbers };
}

describe('the account', () => {
  test('names its operator, its services and its limits', async () => {
    const { administrator } = await twoUsers();

    expect((await administrator('GET', ACCOUNT)).json).toMatchObject({
      id: 1_000,
      mainNumber: '+16505550100',
      operator: { id: 1_001, extensionNumber: '101' },
      serviceInfo: { brand: { id: '1210', name: 'RingCentral', homeCountry: { id: '1', isoCode: 'US' } } },
      regionalSettings: { timezone: { id: '58' }, currency: { code: 'USD' } },
      status: 'Confirmed',
      limits: { maxExtensionNumberLength: 6 },
    });
    expect((await administrator('GET', `${ACCOUNT}/service-info`)).json.serviceFeatures).toContainEqual({ featureName: 'RingOut', enabled: true });
  });

  test('moves by its administrator’s word, and by nobody else’s', async () => {
    const { administrator, other } = await twoUsers();
    const move = { company: 'New Name', businessAddress: { city: 'Belmont', zip: '94002' } };

    expect(codes(await other('PUT', `${ACCOUNT}/business-address`, move))).toEqual([403, 'CMN-408', 'CMN-408']);
    await administrator('PUT', `${ACCOUNT}/business-address`, move);
    await administrator('PUT', `${ACCOUNT}/business-address`, { businessAddress: { street: '20 Davis Dr.' } });

    expect((await other('GET', `${ACCOUNT}/business-address`)).json).toMatchObject({
      company: 'New Name',
      email: 'ada.admin@example.com',
      businessAddress: { city: 'Belmont', zip: '94002', street: '20 Davis Dr.' },
    });
  });
});

describe('the list of extensions', () => {
  test('is filtered by number, e-mail address, status and type', async () => {
    const { administrator, numbers } = await twoUsers();
    await administrator('PUT', OTTO, { status: 'Disabled' });

    expect(await numbers()).toEqual(['101', '102']);
    expect(await numbers('?extensionNumber=102')).toEqual(['102']);
    expect(await numbers('?email=Ada.Admin@example.com')).toEqual(['101']);
    expect(await numbers('?status=Enabled&status=Frozen')).toEqual(['101']);
    expect(await numbers('?type=User&status=Disabled')).toEqual(['102']);
    expect(await numbers('?type=Department')).toEqual([]);
    expect(codes(await administrator('GET', `${LIST}?status=Gone`))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });

  test('of 20,000 users costs hardly more than of two', async () => {
    const { administrator } = await twoUsers({ data: manyUsers(20_000) });
    await administrator('GET', LIST);

    const startedAt = performance.now();
    for (let page = 1; page <= 20; page += 1) expect((await administrator('GET', `${LIST}?page=${page * 10}`)).json.records).toHaveLength(100);

    // Measured: half a millisecond, and the HTTP around it.
    expect((performance.now() - startedAt) / 20).toBeLessThan(40);
  });
});

describe('a user', () => {
  test('is created by an administrator, signs in, is changed and removed', async () => {
    const { administrator, numbers, signedIn, get } = await twoUsers();

    expect(await numbers()).toEqual(['101', '102']);
    const created = await administrator('POST', LIST, NEW);
    expect(await numbers()).toEqual(['101', '102', '103']);
    const token = await signedIn('103', 'secret');
    const changed = await administrator('PUT', `${LIST}/${created.json.id}`, { contact: { lastName: 'Murray' }, extensionNumber: '110' });

    expect(created.json).toMatchObject({ extensionNumber: '103', name: 'Grace Hopper', status: 'Enabled', permissions: { admin: { enabled: false } } });
    expect(token).toMatchObject({ owner_id: String(created.json.id) });
    expect(changed.json).toMatchObject({ extensionNumber: '110', name: 'Grace Murray', contact: { firstName: 'Grace', email: 'grace@example.com' } });
    expect((await administrator('DELETE', `${LIST}/${created.json.id}`)).status).toBe(204);
    expect(await numbers()).toEqual(['101', '102']);
    expect(codes(await get(EXTENSION, token.access_token))).toEqual([401, 'CMN-405', 'CMN-405']);
  });

  test.each([
    ['contact', {}],
    ['contact.firstName', { contact: { email: 'a@example.com' } }],
    ['contact.email', { contact: { firstName: 'A', email: 'nobody' } }],
    ['extensionNumber', { ...NEW, extensionNumber: '0a' }],
    ['status', { ...NEW, status: 'Away' }],
    ['regionalSettings.timezone.id', { ...NEW, regionalSettings: { timezone: { id: '9999' } } }],
  ])('without a good %s is none', async (parameterName, body) => {
    const { administrator, numbers } = await twoUsers();

    const answer = await administrator('POST', LIST, body);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(parameterName);
    expect(await numbers()).toEqual(['101', '102']);
  });

  test.each([
    ['extensionNumber', { ...NEW, extensionNumber: '102' }],
    ['contact.email', { ...NEW, contact: { ...NEW.contact, email: 'Otto.Ordinary@example.com' } }],
  ])('cannot have the %s of another', async (parameterName, body) => {
    const { administrator } = await twoUsers();

    const answer = await administrator('POST', LIST, body);

    expect(codes(answer)).toEqual([400, 'CMN-406', 'CMN-406']);
    expect(answer.json.parameterName).toBe(parameterName);
  });

  test('sees colleagues, changes only itself, and neither adds nor removes', async () => {
    const { other } = await twoUsers();

    expect((await other('GET', `${LIST}/1001`)).json.name).toBe('Ada Admin');
    expect((await other('PUT', EXTENSION, { contact: { jobTitle: 'Clerk' } })).json.contact).toMatchObject({ jobTitle: 'Clerk', firstName: 'Otto' });
    expect(codes(await other('PUT', `${LIST}/1001`, { contact: { jobTitle: 'Clerk' } }))).toEqual([403, 'CMN-404', 'CMN-404']);
    expect(codes(await other('POST', LIST, NEW))).toEqual([403, 'CMN-408', 'CMN-408']);
    expect(codes(await other('DELETE', EXTENSION))).toEqual([403, 'CMN-408', 'CMN-408']);
  });

  test('with a new password has no session any more, and signs in with the new one', async () => {
    const { administrator, other, signedIn, get } = await twoUsers();
    const [own, administrators] = [await signedIn('102'), await signedIn('101')];

    const changed = await administrator('PUT', OTTO, { password: 'Another-1' });

    expect(changed.status).toBe(200);
    expect(codes(await other('GET', EXTENSION))[0]).toBe(401);
    expect(codes(await get(EXTENSION, own.access_token))[0]).toBe(401);
    expect((await get(EXTENSION, administrators.access_token)).status).toBe(200);
    expect((await signedIn('102')).error).toBe('invalid_grant');
    expect((await signedIn('102', 'Another-1')).owner_id).toBe('1002');
  });

  test('that changes its name keeps its sessions; that is disabled has none', async () => {
    const { administrator, other } = await twoUsers();

    await administrator('PUT', OTTO, { contact: { jobTitle: 'Clerk' }, status: 'Enabled' });
    const before = await other('GET', EXTENSION);
    await administrator('PUT', OTTO, { status: 'Disabled' });
    await administrator('PUT', OTTO, { status: 'Enabled' });

    expect([before.status, (await other('GET', EXTENSION)).status]).toEqual([200, 401]);
  });

  test.each([
    [['EditUserInfo'], 200],
    [['EditUserCredentials'], 200],
    [['EditUserInfo', 'EditUserCredentials'], 403],
  ])('whose role lacks %j: %i, because either of the two will do', async (withheldPermissions, status) => {
    const accounts = TWO_USERS.accounts.map((account) => ({
      ...account,
      extensions: account.extensions.map((extension) => ({ ...extension, withheldPermissions })),
    }));
    const { other } = await twoUsers({ data: { ...TWO_USERS, accounts } });

    const answer = await other('PUT', EXTENSION, { contact: { jobTitle: 'Clerk' } });

    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json.permissionName).toBe('EditUserInfo OR EditUserCredentials');
  });

  test('that is the main administrator stays', async () => {
    const { administrator } = await twoUsers();

    expect(codes(await administrator('DELETE', EXTENSION))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });
});

describe('the profile image', () => {
  const PATH = `${EXTENSION}/profile-image`;
  const GIF = 'GIF89a.picture.';
  const form = (name: string, content: string) => ({
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: `--b\r\ncontent-disposition: form-data; name="${name}"; filename="a.gif"\r\ncontent-type: image/gif\r\n\r\n${content}\r\n--b--\r\n`,
  });
  async function pictures() {
    const world = await twoUsers();
    const { access_token } = await world.signedIn('101');
    const put = (sent: { headers: Record<string, string>; body: string }) =>
      world.ask(PATH, { method: 'PUT', ...sent, headers: { ...sent.headers, authorization: `Bearer ${access_token}` } });
    return { ...world, put };
  }

  test('comes back as it was sent, in each size, and 304 to who has it', async () => {
    const { put, administrator, other } = await pictures();

    expect((await put(form('image', GIF))).status).toBe(204);

    const answer = await other('GET', `${LIST}/1001/profile-image`);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, GIF, 'image/gif']);
    expect((await other('GET', `${LIST}/1001/profile-image/90x90`)).text).toBe(GIF);
    expect((await administrator('GET', PATH, undefined, { 'if-none-match': String(answer.headers.etag) })).status).toBe(304);
    expect((await administrator('GET', EXTENSION)).json.profileImage).toMatchObject({ etag: answer.headers.etag, contentType: 'image/gif' });
  });

  test('is taken as a plain body too, and gone once it is deleted', async () => {
    const { put, administrator } = await pictures();
    await put({ headers: { 'content-type': 'image/gif' }, body: GIF });

    expect((await administrator('GET', PATH)).text).toBe(GIF);
    expect((await administrator('DELETE', PATH)).status).toBe(204);
    expect(codes(await administrator('GET', PATH))).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });

  test.each([
    ['another part', form('picture', GIF), [400, 'InvalidParameter', 'CMN-101']],
    ['no picture', form('image', 'hello'), [400, 'InvalidParameter', 'CMN-101']],
    ['a broken form', { headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: 'b' }, [400, 'CMN-104', 'CMN-104']],
    ['text', { headers: { 'content-type': 'text/plain' }, body: GIF }, [415, 'CMN-103', 'CMN-103']],
  ])('%s is refused', async (_what, sent, expected) => {
    const { put } = await pictures();

    expect(codes(await put(sent))).toEqual(expected);
  });
});

describe('settings', () => {
  test('business hours are round the clock until they are set', async () => {
    const { other, administrator } = await twoUsers();
    const hours = { schedule: { weeklyRanges: { monday: [{ from: '09:00', to: '17:00' }] } } };

    expect((await other('PUT', `${EXTENSION}/business-hours`, hours)).json).toMatchObject(hours);
    expect((await other('GET', `${EXTENSION}/business-hours`)).json).toMatchObject(hours);
    expect((await other('PUT', `${ACCOUNT}/business-hours`, hours)).json).toMatchObject(hours);
    expect((await administrator('GET', `${EXTENSION}/business-hours`)).json).toMatchObject({ schedule: { weeklyRanges: { sunday: [{ from: '00:00' }] } } });
    expect(
      (await other('PUT', `${EXTENSION}/business-hours`, { schedule: { weeklyRanges: { monday: [{ from: '25:00', to: '1' }] } } })).json.parameterName,
    ).toBe('schedule.weeklyRanges.monday[0].from');
  });

  test('the caller ID is a number that the user may show', async () => {
    const { other } = await twoUsers();
    const ringOut = (phoneNumber: string) => ({ byFeature: [{ feature: 'RingOut', callerId: { type: 'PhoneNumber', phoneInfo: { phoneNumber } } }] });

    const changed = await other('PUT', `${EXTENSION}/caller-id`, ringOut('+16505550201'));
    const refused = await other('PUT', `${EXTENSION}/caller-id`, ringOut('+16505550200'));

    expect(changed.json.byFeature).toContainEqual({
      feature: 'RingOut',
      callerId: { type: 'PhoneNumber', phoneInfo: { id: '16505550201', uri: expect.any(String), phoneNumber: '+16505550201' } },
    });
    expect(refused.json.parameterName).toBe('byFeature[0].callerId.phoneInfo');
  });

  test('who may do what is told by the role', async () => {
    const { administrator, other } = await twoUsers();
    const check = `${EXTENSION}/authz-profile/check?permissionId=AddRemoveUsers`;

    expect((await administrator('GET', check)).json.successful).toBe(true);
    expect((await other('GET', check)).json.successful).toBe(false);
  });
});

describe('the company’s directory', () => {
  test('shows everybody who does not hide, to everybody', async () => {
    const { administrator, other } = await twoUsers();
    await administrator('POST', LIST, { ...NEW, hidden: true });

    const { json } = await other('GET', `${ACCOUNT}/directory/entries`);

    expect(json.records).toMatchObject([
      { id: '1001', firstName: 'Ada', lastName: 'Admin' },
      { id: '1002', phoneNumbers: [{ usageType: 'MainCompanyNumber' }, { phoneNumber: '+16505550201' }] },
    ]);
    expect((await other('GET', `${ACCOUNT}/directory/entries/1001`)).json.extensionNumber).toBe('101');
    expect(codes(await other('GET', `${ACCOUNT}/directory/entries/7`))).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });
});
