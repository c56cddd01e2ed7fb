import { COUNTRIES, type Country, findCountry, HOME_COUNTRY_ID } from '../dictionaries/countries.ts';
import { findLanguage, LANGUAGES, type Language } from '../dictionaries/languages.ts';
import { LOCATIONS, type Location } from '../dictionaries/locations.ts';
import { findState, STATES, type State } from '../dictionaries/states.ts';
import { findTimezone, TIMEZONES, type Timezone } from '../dictionaries/timezones.ts';
import { CATEGORIES, findUserPermission, USER_PERMISSIONS, type UserPermission } from '../dictionaries/user-permissions.ts';
import { jsonAnswer } from '../wire/answer.ts';
import type { Operation, TokenOperation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { readBoolean, readChoice, readOne } from '../wire/query.ts';
import { notFound } from '../wire/rest-refusal.ts';
import type { World } from '../world.ts';

const PATH = '/restapi/v1.0/dictionary';

/** A dictionary: a list of entries, and each by its id. */
interface Dictionary<Entry extends object> {
  readonly name: string;
  readonly parameter: string;
  list(query: URLSearchParams): readonly Entry[];
  find(id: string): Entry | undefined;
  render(world: World, entry: Entry): object;
}

/** What everybody with a token may look up, a signup session too: it has to choose a place and a number. */
export const DICTIONARY_OPERATIONS: readonly Operation[] = [
  ...operationsOf<Country>({
    name: 'country',
    parameter: 'countryId',
    list: (query) => {
      const wanted = ['loginAllowed', 'signupAllowed', 'numberSelling', 'freeSoftphoneLine'].map((name) => readBoolean(query, name));
      return COUNTRIES.filter(({ hasNumbers }) => wanted.every((value) => value === undefined || value === hasNumbers));
    },
    find: findCountry,
    render: renderCountry,
  }),
  ...operationsOf<State>({
    name: 'state',
    parameter: 'stateId',
    list: (query) => {
      readBoolean(query, 'withPhoneNumbers');
      const countryId = readBoolean(query, 'allCountries') ? undefined : (readOne(query, 'countryId') ?? HOME_COUNTRY_ID);
      return STATES.filter((state) => countryId === undefined || state.countryId === countryId);
    },
    find: findState,
    render: (world, state) => ({
      uri: `${uriOf(world, 'state')}/${state.id}`,
      id: state.id,
      isoCode: state.isoCode,
      name: state.name,
      country: { id: state.countryId, uri: `${uriOf(world, 'country')}/${state.countryId}` },
    }),
  }),
  ...operationsOf<Timezone>({
    name: 'timezone',
    parameter: 'timezoneId',
    list: () => TIMEZONES,
    find: findTimezone,
    render: (world, timezone) => ({ uri: `${uriOf(world, 'timezone')}/${timezone.id}`, ...timezone }),
  }),
  ...operationsOf<Language>({
    name: 'language',
    parameter: 'languageId',
    list: () => LANGUAGES,
    find: findLanguage,
    render: (world, language) => ({ uri: `${uriOf(world, 'language')}/${language.id}`, ...language, greeting: true, formattingLocale: true, ui: true }),
  }),
  ...operationsOf<UserPermission>({
    name: 'permission',
    parameter: 'permissionId',
    list: (query) => {
      const assignable = readBoolean(query, 'assignable');
      return assignable === false ? [] : USER_PERMISSIONS;
    },
    find: findUserPermission,
    render: (world, { id, categoryId }) => ({
      uri: `${uriOf(world, 'permission')}/${id}`,
      id,
      displayName: spaced(id),
      description: spaced(id),
      assignable: true,
      readOnly: false,
      siteCompatible: 'Independent',
      category: { uri: `${uriOf(world, 'permission-category')}/${categoryId}`, id: categoryId },
      includedPermissions: [],
    }),
  }),
  ...operationsOf<Category>({
    name: 'permission-category',
    parameter: 'permissionCategoryId',
    list: () => CATEGORY_LIST,
    find: (id) => CATEGORY_LIST.find((category) => category.id === id),
    render: (world, { id, name }) => ({ uri: `${uriOf(world, 'permission-category')}/${id}`, id, displayName: name, description: name }),
  }),
  listOperation('location', listLocations, renderLocation),
];

interface Category {
  readonly id: string;
  readonly name: string;
}

const CATEGORY_LIST: readonly Category[] = Object.entries(CATEGORIES).map(([id, name]) => ({ id, name }));

/** A country as the dictionary shows it. */
function renderCountry(world: World, { id, isoCode, callingCode, name, hasNumbers }: Country): object {
  return {
    uri: `${uriOf(world, 'country')}/${id}`,
    id,
    name,
    isoCode,
    callingCode,
    emergencyCalling: hasNumbers,
    numberSelling: hasNumbers,
    loginAllowed: hasNumbers,
    signupAllowed: hasNumbers,
    freeSoftphoneLine: hasNumbers,
    localDialing: hasNumbers,
  };
}

function listLocations(query: URLSearchParams): readonly Location[] {
  readBoolean(query, 'withNxx');
  const stateId = readOne(query, 'stateId');
  const key = readChoice(query, 'orderBy', ['Npa', 'City']) === 'Npa' ? 'npa' : 'city';
  return LOCATIONS.filter(({ state }) => stateId === undefined || state.id === stateId).sort((one, other) => (one[key] < other[key] ? -1 : 1));
}

function renderLocation(world: World, { city, npa, state }: Location, query: URLSearchParams): object {
  return {
    uri: `${uriOf(world, 'location')}?stateId=${state.id}`,
    areaCode: npa,
    npa,
    // The sandbox's numbers are all of the exchange that is kept for fiction.
    ...(readBoolean(query, 'withNxx') && { nxx: '555' }),
    city,
    state: { id: state.id, uri: `${uriOf(world, 'state')}/${state.id}` },
  };
}

function operationsOf<Entry extends object>({ name, parameter, list, find, render }: Dictionary<Entry>): Operation[] {
  const get: TokenOperation = {
    access: 'token',
    method: 'GET',
    path: `${PATH}/${name}/{${parameter}}`,
    group: 'Light',
    answer: ({ world, parameters }) => {
      const entry = find(parameters[parameter] ?? '');
      if (!entry) throw notFound(parameter);
      return jsonAnswer(200, render(world, entry));
    },
  };
  return [listOperation(name, list, render), get];
}

function listOperation<Entry extends object>(
  name: string,
  list: (query: URLSearchParams) => readonly Entry[],
  render: (world: World, entry: Entry, query: URLSearchParams) => object,
): TokenOperation {
  return {
    access: 'token',
    method: 'GET',
    path: `${PATH}/${name}`,
    group: 'Light',
    answer: ({ world, request: { query } }) =>
      jsonAnswer(
        200,
        pageOf(uriOf(world, name), list(query), query, (entry) => render(world, entry, query)),
      ),
  };
}

function uriOf(world: World, name: string): string {
  return `${world.origin}${PATH}/${name}`;
}

// EditCallLog: Edit Call Log.
function spaced(id: string): string {
  return id.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
