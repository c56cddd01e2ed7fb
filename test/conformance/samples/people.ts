import { ACCOUNT, EXTENSION } from '../../sandbox-world.ts';
import { asks, COLLEAGUE, OF_ACCOUNT, OF_EXTENSION, reads, type Sample, type Samples, type SampleWorld } from './sample.ts';

const EXTENSIONS = `${ACCOUNT}/extension`;
const COLLEAGUE_PATH = `${EXTENSIONS}/${COLLEAGUE.id}`;
const ENTRIES = `${ACCOUNT}/directory/entries`;
const IMAGE = `${EXTENSION}/profile-image`;
const PNG = Buffer.from('\x89PNG', 'latin1');
const GRACE = {
  contact: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com', businessPhone: '+16505551230', businessAddress: { city: 'Belmont' } },
  password: 'secret',
};

/** The account, its users, their pictures, and the company's directory. */
export const PEOPLE_SAMPLES: Samples = {
  [`GET ${OF_ACCOUNT}`]: [reads(ACCOUNT)],
  [`GET ${OF_ACCOUNT}/service-info`]: [reads(`${ACCOUNT}/service-info`)],
  [`GET ${OF_ACCOUNT}/business-address`]: [reads(`${ACCOUNT}/business-address`)],
  [`PUT ${OF_ACCOUNT}/business-address`]: [
    asks('PUT', `${ACCOUNT}/business-address`, { company: 'New Name', email: 'office@example.com', businessAddress: { city: 'Belmont', zip: '94002' } }),
  ],
  [`GET ${OF_ACCOUNT}/extension`]: [reads(EXTENSIONS), reads(`${EXTENSIONS}?perPage=1&page=2&type=User&status=Enabled`)],
  [`POST ${OF_ACCOUNT}/extension`]: [asks('POST', EXTENSIONS, GRACE)],
  [`GET ${OF_EXTENSION}`]: [reads(EXTENSION), reads(COLLEAGUE_PATH)],
  [`PUT ${OF_EXTENSION}`]: [
    asks('PUT', EXTENSION, { contact: { firstName: 'Ada', email: 'ada@example.com' }, regionalSettings: { timezone: { id: '58' } } }),
    asks('PUT', COLLEAGUE_PATH, { password: 'Another-1', status: 'Disabled' }),
  ],
  [`DELETE ${OF_EXTENSION}`]: [asks('DELETE', COLLEAGUE_PATH)],
  [`POST ${OF_EXTENSION}/profile-image`]: [sendsImage('POST')],
  [`PUT ${OF_EXTENSION}/profile-image`]: [sendsImage('PUT')],
  [`GET ${OF_EXTENSION}/profile-image`]: [withImage('GET', IMAGE)],
  [`GET ${OF_EXTENSION}/profile-image/{scaleSize}`]: [withImage('GET', `${IMAGE}/90x90`)],
  [`DELETE ${OF_EXTENSION}/profile-image`]: [withImage('DELETE', IMAGE)],
  [`GET ${OF_ACCOUNT}/directory/entries`]: [reads(ENTRIES), reads(`${ENTRIES}?perPage=1&page=2`)],
  [`GET ${OF_ACCOUNT}/directory/entries/{entryId}`]: [reads(`${ENTRIES}/${COLLEAGUE.id}`)],
};

function sendsImage(method: 'POST' | 'PUT') {
  return ({ ask, token }: SampleWorld) => ask(IMAGE, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' }, body: PNG });
}

function withImage(method: string, path: string): Sample {
  return async (world) => {
    await sendsImage('POST')(world);
    return world.send(method, path);
  };
}
