import { ACCOUNT, EXTENSION } from '../../sandbox-world.ts';
import { asks, firstOf, OF_ACCOUNT, OF_EXTENSION, reads, type Samples } from './sample.ts';

const FORWARDING = `${EXTENSION}/forwarding-number`;
const POOL = '/restapi/v1.0/number-pool';
const FREE_NUMBER = '+16505550142';
const TOMORROW = '2026-11-22T12:00:00Z';

/** Numbers that somebody has, and those that can be had. */
export const NUMBER_SAMPLES: Samples = {
  [`GET ${OF_ACCOUNT}/phone-number`]: [reads(`${ACCOUNT}/phone-number`), reads(`${ACCOUNT}/phone-number?usageType=DirectNumber`)],
  [`GET ${OF_ACCOUNT}/phone-number/{phoneNumberId}`]: [
    async (world) => world.send('GET', `${ACCOUNT}/phone-number/${(await firstOf(world, `${ACCOUNT}/phone-number`)).id}`),
  ],
  [`GET ${OF_EXTENSION}/phone-number`]: [reads(`${EXTENSION}/phone-number`)],
  [`GET ${OF_EXTENSION}/forwarding-number`]: [reads(FORWARDING), reads(`${FORWARDING}?page=2&perPage=1`), reads(`${FORWARDING}?page=9`)],
  [`POST ${OF_EXTENSION}/forwarding-number`]: [asks('POST', FORWARDING, { phoneNumber: '+16505551299', label: 'Garage', type: 'Other' })],
  [`GET ${OF_EXTENSION}/forwarding-number/{forwardingNumberId}`]: [reads(`${FORWARDING}/403142004`)],
  [`PUT ${OF_EXTENSION}/forwarding-number/{forwardingNumberId}`]: [asks('PUT', `${FORWARDING}/403142004`, { phoneNumber: '+16505551299', label: 'Away' })],
  [`DELETE ${OF_EXTENSION}/forwarding-number/{forwardingNumberId}`]: [asks('DELETE', `${FORWARDING}/403142004`)],
  [`DELETE ${OF_EXTENSION}/forwarding-number`]: [asks('DELETE', FORWARDING, { records: [{ forwardingNumberId: '403142004' }] })],
  [`POST ${POOL}/lookup`]: [asks('POST', `${POOL}/lookup?npa=650&perPage=2`)],
  [`POST ${POOL}/reserve`]: [
    asks('POST', `${POOL}/reserve`, {
      records: [
        { phoneNumber: FREE_NUMBER, reservedTill: TOMORROW },
        { phoneNumber: '+16505550101', reservedTill: TOMORROW },
      ],
    }),
  ],
  'POST /restapi/v1.0/account': [
    async ({ postForm, postJson }) => {
      const partner = String((await postForm('/restapi/oauth/token', { grant_type: 'client_credentials', brand_id: '1234' })).json.access_token);
      await postJson(`${POOL}/reserve`, { records: [{ phoneNumber: FREE_NUMBER, reservedTill: TOMORROW }] }, partner);
      const operator = { contact: { firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com' }, password: 'Secret-1' };
      return postJson('/restapi/v1.0/account', { mainNumber: FREE_NUMBER, partnerId: 'BAN0010', operator }, partner);
    },
  ],
};
