import { tmpdir } from 'node:os';
import { chooseLogin } from '../../src/domain/client.ts';
import { LoginUnknown, PolicyForbids } from '../../src/domain/errors.ts';
import type { Fax } from '../../src/domain/fax.ts';
import type { FaxSender, IncomingFax } from '../../src/domain/outbox.ts';
import { loginName } from '../../src/domain/phone-number.ts';
import { createFaxOutApi, type FaxOutAnswer, type FaxOutParts } from '../../src/legacy/faxout/answer.ts';
import { SpoolFile } from '../../src/proxy/spool-file.ts';

export const NOW = Date.parse('2026-11-21T12:00:00Z');
export const BOUNDARY = '---------------------------7d54b1fee05aa';
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;
export const PDF = Buffer.from('%PDF-1.4\nabc');

const LOGINS = [
  { client: 'crm', username: '15556090455', extension: '', passwordHash: 'qwerty', connection: 'fax-desk' },
  { client: 'crm', username: '15556090455', extension: '101', passwordHash: '1234', connection: 'front-desk' },
  { client: 'forbidden', username: '15556090400', extension: '', passwordHash: 'qwerty', connection: 'fax-desk' },
];

/** A fax that was taken on, its content read. */
export interface TakenFax extends Omit<IncomingFax, 'content'> {
  readonly content: Buffer;
}

/** The fax interface in front of an Outbox that the test holds. */
export function faxWorld(more: Partial<FaxOutParts> = {}) {
  const taken: TakenFax[] = [];
  const lines: string[] = [];
  const open = { files: 0 };
  const log = (event: string, fields?: object) => void lines.push(JSON.stringify({ event, ...fields }));
  /** What is seen of a fax, call by call; accepted by the platform unless told otherwise. */
  const seen: (Pick<Fax, 'state'> & Partial<Fax>)[] = [];
  const outbox: FaxSender = {
    accept: async ({ content, ...fax }) => {
      const read: Uint8Array[] = [];
      for await (const piece of content()) read.push(piece);
      taken.push({ ...fax, content: Buffer.concat(read) });
      return { id: `fx${taken.length}`, isRepeat: false };
    },
    waitFor: async () => (seen.shift() ?? { state: 'sent' }) as Fax,
    withdraw: async () => (seen.shift() ?? { state: 'withdrawn' }) as Fax,
  };
  const api = createFaxOutApi({
    access: {
      findLegacyLogin: async (login) => {
        const name = loginName(login.username, 'US');
        const found = chooseLogin(
          LOGINS.filter(({ username }) => username === name),
          login.extension,
        );
        if (found?.passwordHash !== login.password) throw new LoginUnknown();
        return { client: found.client, connection: found.connection };
      },
      permit: async (client, connection) => {
        if (client === 'forbidden') throw new PolicyForbids(client, 'permissions', connection);
      },
    },
    outbox,
    openFile: async () => {
      const file = await SpoolFile.open(tmpdir());
      open.files += 1;
      return {
        append: (piece) => file.append(piece),
        read: (index) => file.read(index),
        close: async () => {
          open.files -= 1;
          await file.close();
        },
      };
    },
    clock: { now: () => NOW },
    log: { info: log, warn: log, error: log },
    country: 'US',
    refusedNumbers: ['+15555550911'],
    waitMs: 1_000,
    isSync: false,
    ...more,
  });
  const send = (contentType: string, body: Buffer | readonly Buffer[]): Promise<FaxOutAnswer> =>
    api.answer({ contentType, body: inChunks(body), address: '192.0.2.7' });
  return { api, taken, lines, seen, open, send, multipart: (...parts: readonly Part[]) => send(MULTIPART, multipart(...parts)) };
}

async function* inChunks(body: Buffer | readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* Array.isArray(body) ? (body as readonly Buffer[]) : [body as Buffer];
}

/** A field, its value, and the name of its file where it is one. */
export type Part = readonly [name: string, value: string | Buffer, fileName?: string | undefined, headers?: string];

export function multipart(...parts: readonly Part[]): Buffer {
  const written = parts.map(([name, value, fileName, headers = '']) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${headers}\r\n`;
    return Buffer.concat([Buffer.from(head, 'utf8'), typeof value === 'string' ? Buffer.from(value, 'utf8') : value, Buffer.from('\r\n')]);
  });
  return Buffer.concat([...written, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

export const WHO: readonly Part[] = [
  ['Username', '15556090455'],
  ['Password', 'qwerty'],
];
/** All that a fax needs. */
export const GOOD: readonly Part[] = [...WHO, ['Recipient', '5556465589'], ['Attachment', PDF, 'a.pdf']];

/** The same bytes, cut there. */
export function cutAt(bytes: Buffer, positions: readonly number[]): readonly Buffer[] {
  const cuts = [...new Set(positions.map((position) => position % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index] ?? bytes.length));
}
