import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import type { Place } from '../e2e/trunkline.ts';
import { BACK_OFFICE_NUMBER, BOUNDARY, FRONT_DESK_NUMBER, filePart, jsonPart, multipart, STRANGER } from '../sandbox-messages.ts';

const ME = '/restapi/v1.0/account/~/extension/~';
const JSON_TYPE = 'application/json';
const DOCUMENT = Buffer.alloc(8 * 1024 * 1024, 'What is written here is the same on every line.\n');
const FAX = multipart([jsonPart({ to: [{ phoneNumber: STRANGER }] }), filePart('document.txt', 'text/plain', DOCUMENT)]);
const LONG_TEXT = 'x'.repeat(900);
// Who can send a text has a number.
const NUMBERS: Readonly<Record<string, string>> = { 'front-desk': FRONT_DESK_NUMBER, 'back-office': BACK_OFFICE_NUMBER };
// Of so many clients one sends faxes: the platform has them in its memory until they are deleted.
const FAX_EVERY = 16;
const SMS_EVERY = 4;

/** What was done: requests that answered 200, or 204 where something was deleted. */
export type Done = Record<'get' | 'sms' | 'fax' | 'delete', number>;

/** Who calls, whom, and for how long. */
export interface Forwarding {
  readonly nodes: readonly Place[];
  readonly names: readonly string[];
  readonly key: string;
  readonly clients: number;
  readonly forMs: number;
}

/** What became of the clients' requests. */
export interface Forwarded {
  readonly done: Done;
  /** Whatever else: the kind, the status and what was answered, and how often. */
  readonly failed: ReadonlyMap<string, number>;
  readonly requests: number;
}

interface Sent {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly type?: string;
  readonly body?: string | Buffer;
}

/**
 * Clients that each send one request after the other through the gateways, as fast as they are answered: most read, some
 * send texts of 1 KB, a few send faxes of 8 MB and delete them.
 */
export async function forwardForAWhile({ nodes, names, key, clients, forMs }: Forwarding): Promise<Forwarded> {
  const agent = new Agent({ connections: clients });
  const done: Done = { get: 0, sms: 0, fax: 0, delete: 0 };
  const failed = new Map<string, number>();
  const endsAt = performance.now() + forMs;
  let over = false;
  // A test that fails must not leave them calling.
  onTestFinished(() => {
    over = true;
  });

  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const connection = names[index % names.length] ?? '';
      const headers = { authorization: `Bearer ${key}`, 'trunkline-connection': connection };
      for (let turn = index; !over && performance.now() < endsAt; turn += 1) {
        const origin = nodes[turn % nodes.length]?.gateway ?? '';
        const send = async (kind: keyof Done, sent: Sent) => {
          const { status, text } = await ask(agent, origin, headers, sent);
          if (status === (kind === 'delete' ? 204 : 200)) done[kind] += 1;
          else failed.set(`${kind} ${status} ${text.slice(0, 200)}`, (failed.get(`${kind} ${status} ${text.slice(0, 200)}`) ?? 0) + 1);
          return text;
        };
        if (index % FAX_EVERY === 0) await faxAndDelete(send);
        else if (index % SMS_EVERY === 1 && NUMBERS[connection]) await send('sms', textFrom(NUMBERS[connection]));
        else await send('get', { method: 'GET', path: ME });
      }
    }),
  );
  await agent.destroy();
  return { done, failed, requests: Object.values(done).reduce((sum, some) => sum + some, 0) };
}

async function faxAndDelete(send: (kind: keyof Done, sent: Sent) => Promise<string>): Promise<void> {
  const answer = await send('fax', { method: 'POST', path: `${ME}/fax`, type: `multipart/form-data; boundary=${BOUNDARY}`, body: FAX });
  const { id } = JSON.parse(answer) as { id?: number };
  if (id !== undefined) await send('delete', { method: 'DELETE', path: `${ME}/message-store/${id}?purge=true` });
}

function textFrom(phoneNumber: string): Sent {
  return {
    method: 'POST',
    path: `${ME}/sms`,
    type: JSON_TYPE,
    body: JSON.stringify({ from: { phoneNumber }, to: [{ phoneNumber: STRANGER }], text: LONG_TEXT }),
  };
}

async function ask(
  dispatcher: Agent,
  origin: string,
  headers: Readonly<Record<string, string>>,
  { method, path, type, body }: Sent,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await request(`${origin}${path}`, {
      dispatcher,
      method,
      headers: { ...headers, ...(type && { 'content-type': type }) },
      ...(body && { body }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    return { status: 0, text: JSON.stringify({ error: String(error) }) };
  }
}
