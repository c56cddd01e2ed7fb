import { DEMO_DATA } from '../src/sandbox/demo.ts';
import type { SandboxData } from '../src/sandbox/directory.ts';
import type { SandboxOptions } from '../src/sandbox/start.ts';
import { EXTENSION, outside, type Reply, TOKEN } from './sandbox-world.ts';

export const FAX = `${EXTENSION}/fax`;
export const SMS = `${EXTENSION}/sms`;
export const MMS = `${EXTENSION}/mms`;
export const PAGER = `${EXTENSION}/company-pager`;
export const STORE = `${EXTENSION}/message-store`;
export const SYNC = `${EXTENSION}/message-sync`;

/** Outside the sandbox: nobody's number there. */
export const STRANGER = '+16505559100';
export const FRONT_DESK_NUMBER = '+16505550101';
export const BACK_OFFICE_NUMBER = '+16505550102';
export const FRONT_DESK_URI = '/restapi/v1.0/account/403140004/extension/403141004';
export const BACK_OFFICE = { username: '18887776655', extension: '102', password: 'Myp@ssw0rd' };

/** One part of a body in parts. */
export interface TestPart {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export const BOUNDARY = 'ad05fc42-a66d-4a94-b807-f1c91136c17b';

/** A body in parts, as it goes over the wire. */
export function multipart(parts: readonly TestPart[], boundary = BOUNDARY): Buffer {
  const encoded = parts.map(({ headers = {}, body }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`), Buffer.from(body), Buffer.from('\r\n')]);
  });
  return Buffer.concat([...encoded, Buffer.from(`--${boundary}--\r\n`)]);
}

export function jsonPart(body: unknown): TestPart {
  return {
    headers: { 'Content-Type': 'application/json', 'Content-Disposition': 'form-data; name="json"; filename="request.json"' },
    body: JSON.stringify(body),
  };
}

export function filePart(fileName: string, contentType: string, body: string | Uint8Array): TestPart {
  return { headers: { 'Content-Type': contentType, 'Content-Disposition': `form-data; name="attachment"; filename="${fileName}"` }, body };
}

export function fieldPart(name: string, body: string): TestPart {
  return { headers: { 'Content-Disposition': `form-data; name="${name}"` }, body };
}

export const NOTE = filePart('note.txt', 'text/plain', 'Hello');

/** Two users of one account, and an app that may all that messages need. */
export const COLLEAGUES: SandboxData = {
  apps: DEMO_DATA.apps.map((app) => ({ ...app, permissions: [...app.permissions, 'InternalMessages'] })),
  accounts: [
    ...DEMO_DATA.accounts,
    {
      id: 500_000_004,
      mainNumber: '+16505550200',
      name: 'Colleagues',
      extensions: ['201', '202', '203'].map((extensionNumber, index) => ({
        id: 500_001_004 + index * 1_000,
        extensionNumber,
        name: `Colleague ${extensionNumber}`,
        email: `colleague-${extensionNumber}@example.com`,
        password: 'secret',
        mainAdministrator: index === 0,
        directNumbers: [`+16505550${extensionNumber}`],
        forwardingNumbers: [],
      })),
    },
  ],
};

/** A message as the platform shows it, of which a test looks at some. */
export interface MessageJson {
  readonly id: number;
  readonly uri: string;
  readonly messageStatus: string;
  readonly subject?: string;
  readonly to: readonly { readonly phoneNumber?: string; readonly messageStatus?: string; readonly faxErrorCode?: string; readonly name?: string }[];
  readonly attachments: readonly { readonly id: number; readonly uri: string; readonly type: string; readonly contentType: string; readonly size: number }[];
  readonly [field: string]: unknown;
}

/** What a program outside does with messages, as front-desk unless another token is given. */
export async function messaging(options: SandboxOptions & { readonly limited?: boolean } = {}) {
  const world = await outside(options);
  // Messages live longer than tokens do.
  await world.sandbox.setLifetimes({ accessSeconds: 30 * 24 * 3_600 });
  const { access_token: token } = await world.signIn();
  const send = (method: string, path: string, body: string | Uint8Array | undefined, contentType: string, as: string, accept?: string) =>
    world.ask(path, {
      method,
      headers: {
        authorization: `Bearer ${as}`,
        'content-type': contentType,
        ...(accept !== undefined && { accept }),
        // Node sends the body of a DELETE without any length.
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(body !== undefined && { body }),
    });
  const postParts = (path: string, parts: readonly TestPart[], as = token, type = 'form-data') =>
    send('POST', path, multipart(parts), `multipart/${type}; boundary=${BOUNDARY}`, as);
  return {
    ...world,
    token,
    signInAs: async (user: Readonly<Record<string, string>>) => String((await world.postForm(TOKEN, { grant_type: 'password', ...user })).json.access_token),
    postParts,
    fax: (body: object, files: readonly TestPart[] = [NOTE], as = token) => postParts(FAX, [jsonPart(body), ...files], as),
    sms: (body: unknown, as = token) => world.postJson(SMS, body, as),
    change: (method: string, path: string, body: unknown, { contentType = 'application/json', accept, as = token }: Change = {}) =>
      send(method, path, body === undefined ? undefined : JSON.stringify(body), contentType, as, accept),
    putParts: (path: string, parts: readonly TestPart[]) => send('PUT', path, multipart(parts), `multipart/mixed; boundary=${BOUNDARY}`, token),
    read: async (id: unknown, as = token) => (await world.get(`${STORE}/${id}`, as)).json as unknown as MessageJson,
    /** The records of a list. */
    list: async (query = '', as = token) => recordsOf(await world.get(`${STORE}?${query}`, as)),
  };
}

interface Change {
  readonly contentType?: string;
  readonly accept?: string;
  readonly as?: string;
}

export function recordsOf({ json }: Reply): readonly MessageJson[] {
  return (json.records ?? []) as readonly MessageJson[];
}
