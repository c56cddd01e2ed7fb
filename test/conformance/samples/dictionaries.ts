import { firstOf, reads, type Sample, type Samples } from './sample.ts';

const PATH = '/restapi/v1.0/dictionary';
const NAMES = {
  country: 'countryId',
  state: 'stateId',
  timezone: 'timezoneId',
  language: 'languageId',
  permission: 'permissionId',
  'permission-category': 'permissionCategoryId',
};

/** What everybody may look up. */
export const DICTIONARY_SAMPLES: Samples = {
  ...Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, parameter]): [string, readonly Sample[]][] => [
      [`GET ${PATH}/${name}`, [reads(`${PATH}/${name}`), reads(`${PATH}/${name}?page=2&perPage=2`)]],
      [`GET ${PATH}/${name}/{${parameter}}`, [async (world) => world.send('GET', `${PATH}/${name}/${(await firstOf(world, `${PATH}/${name}`)).id}`)]],
    ]),
  ),
  [`GET ${PATH}/location`]: [reads(`${PATH}/location`), reads(`${PATH}/location?withNxx=true&orderBy=City&perPage=3`)],
  [`GET ${PATH}/fax-cover-page`]: [reads(`${PATH}/fax-cover-page`)],
};
