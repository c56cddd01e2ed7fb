import type { Outside, Reply } from '../sandbox-world.ts';
import { ACCOUNT, EXTENSION, RING_OUT } from '../sandbox-world.ts';

/** A sandbox with the demo data, and a user of it who is signed in. */
export interface SampleWorld extends Outside {
  readonly token: string;
}

/** A request that an operation answers well. What must be there first, it makes itself. */
export type Sample = (world: SampleWorld) => Promise<Reply>;

/**
 * For each operation of the sandbox's, requests that are like those that programs send. An operation that is new goes in
 * here, or among `NOT_SAMPLED` with the reason.
 */
export const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  'GET /restapi': [({ ask }) => ask('/restapi')],
  'GET /restapi/v1.0': [({ ask }) => ask('/restapi/v1.0')],
  'GET /restapi/v1.0/account/{accountId}': [reads(ACCOUNT)],
  'GET /restapi/v1.0/account/{accountId}/extension/{extensionId}': [reads(EXTENSION)],
  'GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number': [
    reads(`${EXTENSION}/forwarding-number`),
    reads(`${EXTENSION}/forwarding-number?page=2&perPage=1`),
    reads(`${EXTENSION}/forwarding-number?page=9`),
  ],
  'POST /restapi/v1.0/account/{accountId}/extension/{extensionId}/ring-out': [ringOut],
  'GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/ring-out/{ringOutId}': [
    async (world) => world.get(await madeRingOut(world), world.token),
    async (world) => {
      const path = await madeRingOut(world);
      await world.sandbox.advance(5_000);
      return world.get(path, world.token);
    },
  ],
  'DELETE /restapi/v1.0/account/{accountId}/extension/{extensionId}/ring-out/{ringOutId}': [async (world) => send(world, 'DELETE', await madeRingOut(world))],
};

/** Operations without a sample, each with the reason. */
export const NOT_SAMPLED: Readonly<Record<string, string>> = {};

function reads(path: string): Sample {
  return ({ get, token }) => get(path, token);
}

function ringOut({ postJson, token }: SampleWorld): Promise<Reply> {
  return postJson(RING_OUT, { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: '+16505551230' }, playPrompt: true }, token);
}

async function madeRingOut(world: SampleWorld): Promise<string> {
  return `${RING_OUT}/${(await ringOut(world)).json.id}`;
}

function send({ ask, token }: SampleWorld, method: string, path: string): Promise<Reply> {
  return ask(path, { method, headers: { authorization: `Bearer ${token}` } });
}
