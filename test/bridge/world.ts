import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AuditTrail } from '../../src/domain/audit.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import type { SealedStore } from '../../src/store/store.ts';
import { gateway } from '../http/gateway.ts';
import { TOKEN_PATH } from '../world.ts';

/** What a program sends to a token endpoint, and what it is answered. */
export interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

/** The demo App's own pair, as SDKs send it. */
export const APP = basic(DEMO.app.clientId, DEMO.app.clientSecret);
export const EXTENSION = '/restapi/v1.0/account/~/extension/~';
export const REVOKE_PATH = '/restapi/oauth/revoke';

/** The extension of `front-desk`, and the password that its user chooses. */
export const FRONT_DESK_ID = '403141004';
export const NEW_PASSWORD = 'another-one';

/** `front-desk` of the demo: at the platform its password is `1234`, at the gateway it is another one. */
export const LOGIN = { username: '+18889363711', extension: '101', password: 'ours-not-theirs' };
export const PASSWORD_GRANT = { grant_type: 'password', ...LOGIN };

/** A gateway that listens in front of a sandbox, with the Client `old` that has a legacy login. */
export async function bridgeWorld({
  client,
  ...of
}: {
  readonly client?: object;
  readonly open?: () => Promise<SealedStore>;
  readonly trail?: AuditTrail;
} = {}) {
  const at = await gateway(of);
  await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    at.server.server.closeAllConnections();
    await at.server.close();
  });
  const origin = `http://127.0.0.1:${(at.server.server.address() as AddressInfo).port}`;
  const created = await at.manage('POST', 'clients', {
    name: 'old',
    connections: ['front-desk'],
    legacyLogins: [{ ...LOGIN, connection: 'front-desk' }],
    ...client,
  });
  return {
    ...at,
    origin,
    created,
    /** Sends a form to the gateway. */
    send: (form: Form, authorization: string | undefined = APP, path = TOKEN_PATH) => sendForm(origin, form, authorization, path),
    /** Sends a form to the gateway from another address. */
    sendFrom: async (address: string, form: Readonly<Record<string, string>>, path = TOKEN_PATH) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: APP };
      const payload = new URLSearchParams(form).toString();
      const { statusCode, body } = await at.server.inject({ method: 'POST', url: path, remoteAddress: address, headers, payload });
      return { status: statusCode, body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>) };
    },
    /** Sends the same to the platform itself. */
    sendToPlatform: (form: Form, authorization: string | undefined = APP, path = TOKEN_PATH) => sendForm(at.sandbox.origin, form, authorization, path),
    /** Calls with an access token. */
    call: async (token: unknown, path = EXTENSION) => told(await fetch(origin + path, { headers: { authorization: `bearer ${token}`, connection: 'close' } })),
  };
}

export type BridgeWorld = Awaited<ReturnType<typeof bridgeWorld>>;

type Form = Readonly<Record<string, string>> | string;

/** `Basic` with id and secret as they are, which is how SDKs send them. */
export function basic(clientId: string, secret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
}

/** @param authorization  empty for none */
async function sendForm(origin: string, form: Form, authorization: string, path: string): Promise<Told> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', connection: 'close', ...(authorization !== '' && { authorization }) },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  return told(response);
}

async function told(response: Response): Promise<Told> {
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, body: json ? JSON.parse(text) : {}, text, headers: response.headers };
}

/** The user of `front-desk` chooses another password there, which ends his sessions, and the stored one is wrong from then on. */
export async function changePasswordAtPlatform({ sandbox }: BridgeWorld): Promise<void> {
  await fetch(`${sandbox.origin}/_sandbox/users/${FRONT_DESK_ID}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: NEW_PASSWORD }),
  });
}
