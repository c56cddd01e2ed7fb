import { describe, expect, test } from 'vitest';
import { codes, outside, sender } from '../../../test/sandbox-world.ts';
import { COUNTRIES } from './countries.ts';
import { LANGUAGES } from './languages.ts';
import { LOCATIONS } from './locations.ts';
import { STATES } from './states.ts';
import { TIMEZONES } from './timezones.ts';
import { USER_PERMISSIONS } from './user-permissions.ts';

const DICTIONARY = '/restapi/v1.0/dictionary';

async function reader() {
  const world = await outside();
  const send = sender(world, (await world.signIn()).access_token);
  return { send, records: async (path: string) => (await send('GET', `${DICTIONARY}/${path}`)).json.records as Record<string, unknown>[] };
}

describe('dictionaries', () => {
  test.each([
    ['country/1', { name: 'United States', isoCode: 'US', callingCode: '1', numberSelling: true }],
    ['country/224', { name: 'United Kingdom', isoCode: 'GB', callingCode: '44', numberSelling: false }],
    ['state/5', { name: 'California', isoCode: 'CA', country: { id: '1' } }],
    ['timezone/58', { name: 'US/Pacific', bias: '-480' }],
    ['language/1033', { localeCode: 'en-US', isoCode: 'en' }],
    ['permission/ReadCallLog', { displayName: 'Read Call Log', category: { id: 'CallLog' } }],
    ['permission-category/CallLog', { displayName: 'Call log' }],
  ])('%s', async (path, expected) => {
    const { send } = await reader();

    expect((await send('GET', `${DICTIONARY}/${path}`)).json).toMatchObject(expected);
  });

  test.each([
    ['state', 51 + 1],
    ['state?countryId=39', 13],
    ['state?allCountries=true&perPage=1000', STATES.length],
    ['state?countryId=224', 0],
    ['country?numberSelling=true', 2],
    ['country?perPage=1000', COUNTRIES.length],
    ['location?stateId=5', 6],
    ['language', LANGUAGES.length],
    ['timezone', TIMEZONES.length],
    ['permission', USER_PERMISSIONS.length],
  ])('%s has %d', async (path, count) => {
    const { records } = await reader();

    expect(await records(path)).toHaveLength(count);
  });

  test('locations are by city, or by area code; with the exchange where it is asked for', async () => {
    const { records } = await reader();

    expect((await records('location')).map(({ city }) => city)[0]).toBe('Atlanta');
    expect((await records('location?orderBy=Npa&withNxx=true'))[0]).toMatchObject({ npa: '202', nxx: '555', city: 'Washington' });
  });

  test.each(['country/0', 'state/x', 'timezone/~', 'language/../country', 'permission/constructor'])('there is no %s', async (path) => {
    const { send } = await reader();

    expect((await send('GET', `${DICTIONARY}/${path}`)).status).toBe(404);
  });

  test.each(['state?allCountries=perhaps', 'location?orderBy=Zip', 'country?page=-1'])('%s is refused', async (path) => {
    const { send } = await reader();

    expect(codes(await send('GET', `${DICTIONARY}/${path}`))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });

  test('no id means two entries', () => {
    for (const entries of [COUNTRIES, STATES, TIMEZONES, LANGUAGES, USER_PERMISSIONS]) expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(new Set(LOCATIONS.map(({ npa }) => npa)).size).toBe(LOCATIONS.length);
  });
});
