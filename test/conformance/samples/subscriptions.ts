import { EXTENSION, type Reply } from '../../sandbox-world.ts';
import { startReceiver } from '../../webhook-receiver.ts';
import { reads, type Samples, type SampleWorld } from './sample.ts';

const PATH = '/restapi/v1.0/subscription';
const FILTERS = [`${EXTENSION}/message-store`, `${EXTENSION}/presence?detailedTelephonyState=true`, `${PATH}/~?threshold=60&interval=15`];

/** What a program wants to hear of. */
export const SUBSCRIPTION_SAMPLES: Samples = {
  [`POST ${PATH}`]: [subscribe],
  [`GET ${PATH}`]: [
    reads(PATH),
    async (world) => {
      await subscribe(world);
      return world.send('GET', PATH);
    },
  ],
  [`GET ${PATH}/{subscriptionId}`]: [async (world) => world.send('GET', await subscribed(world))],
  [`PUT ${PATH}/{subscriptionId}`]: [async (world) => world.send('PUT', await subscribed(world), { eventFilters: FILTERS.slice(0, 1), expiresIn: 600 })],
  [`POST ${PATH}/{subscriptionId}/renew`]: [async (world) => world.send('POST', `${await subscribed(world)}/renew`)],
  [`DELETE ${PATH}/{subscriptionId}`]: [async (world) => world.send('DELETE', await subscribed(world))],
};

async function subscribe({ send }: SampleWorld): Promise<Reply> {
  const receiver = await startReceiver();
  const deliveryMode = { transportType: 'WebHook', address: `${receiver.origin}/hook`, verificationToken: 'mine' };
  return send('POST', PATH, { eventFilters: FILTERS, deliveryMode, expiresIn: 3_600 });
}

async function subscribed(world: SampleWorld): Promise<string> {
  return `${PATH}/${(await subscribe(world)).json.id}`;
}
