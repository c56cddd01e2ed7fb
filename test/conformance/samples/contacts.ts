import { EXTENSION } from '../../sandbox-world.ts';
import { asks, OF_EXTENSION, reads, type Sample, type Samples, type SampleWorld } from './sample.ts';

const CONTACTS = `${EXTENSION}/address-book/contact`;
const CONTACT = {
  firstName: 'Grace',
  lastName: 'Hopper',
  company: 'Navy',
  email: 'grace@example.com',
  businessPhone: '+16505551230',
  birthday: '1906-12-09T00:00:00Z',
  homeAddress: { street: '1 Main St', city: 'Belmont', state: 'CA', zip: '94002', country: 'US' },
};

/** The address book and the favourites. */
export const CONTACT_SAMPLES: Samples = {
  [`GET ${OF_EXTENSION}/address-book/contact`]: [withContact(''), reads(CONTACTS)],
  [`POST ${OF_EXTENSION}/address-book/contact`]: [asks('POST', CONTACTS, CONTACT), asks('POST', CONTACTS, { firstName: 'Grace' })],
  [`GET ${OF_EXTENSION}/address-book/contact/{contactId}`]: [
    async (world) => world.send('GET', await madeContact(world)),
    async (world) => {
      const ids = [await madeContact(world), await madeContact(world)].map((path) => path.slice(path.lastIndexOf('/') + 1));
      return world.send('GET', `${CONTACTS}/${ids.join(',')}`);
    },
  ],
  [`PUT ${OF_EXTENSION}/address-book/contact/{contactId}`]: [async (world) => world.send('PUT', await madeContact(world), { firstName: 'Ada' })],
  [`PATCH ${OF_EXTENSION}/address-book/contact/{contactId}`]: [async (world) => world.send('PATCH', await madeContact(world), { lastName: '' })],
  [`DELETE ${OF_EXTENSION}/address-book/contact/{contactId}`]: [async (world) => world.send('DELETE', await madeContact(world))],
  [`GET ${OF_EXTENSION}/address-book-sync`]: [
    async (world) => {
      await madeContact(world);
      return world.send('GET', `${EXTENSION}/address-book-sync?syncType=FSync&perPage=1`);
    },
    async (world) => {
      const { syncInfo } = (await world.send('GET', `${EXTENSION}/address-book-sync?syncType=FSync`)).json;
      await world.send('DELETE', await madeContact(world));
      return world.send('GET', `${EXTENSION}/address-book-sync?syncType=ISync&syncToken=${(syncInfo as { readonly syncToken: string }).syncToken}`);
    },
  ],
  [`GET ${OF_EXTENSION}/favorite`]: [reads(`${EXTENSION}/favorite`)],
  [`PUT ${OF_EXTENSION}/favorite`]: [
    async (world) => {
      const contactId = (await madeContact(world)).replace(/.*\//, '');
      return world.send('PUT', `${EXTENSION}/favorite`, { records: [{ id: 1, contactId }, { extensionId: '403145004' }] });
    },
  ],
};

async function madeContact({ send }: SampleWorld): Promise<string> {
  return `${CONTACTS}/${(await send('POST', CONTACTS, CONTACT)).json.id}`;
}

function withContact(query: string): Sample {
  return async (world) => {
    await madeContact(world);
    return world.send('GET', CONTACTS + query);
  };
}
