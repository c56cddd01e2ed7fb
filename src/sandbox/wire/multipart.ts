import type { Dicer } from '@fastify/busboy';
import { readParameterizedHeader } from './header-parameters.ts';
import type { PlatformRequest } from './platform-request.ts';
import { restRefusal } from './rest-refusal.ts';

/** One part of a multipart body. */
export interface Part {
  /** Of its Content-Disposition. */
  readonly name?: string;
  /** As it was sent, which may be a path; empty where it was sent empty. */
  readonly fileName?: string;
  /** The media type alone, in lower case. */
  readonly mediaType?: string;
  readonly bytes: Buffer;
}

// A fax of 200 pages has fewer; each part costs more than its nine bytes.
const MOST_PARTS = 1_000;
// RFC 2046 §5.1.1; the parser cannot look for more than 256 bytes.
const LONGEST_BOUNDARY_BYTES = 70;

/** Whether the body is in parts. */
export function isMultipart({ mediaType }: PlatformRequest): boolean {
  return mediaType.startsWith('multipart/');
}

/**
 * The parts of a body of any multipart type.
 *
 * @throws Refused  400 CMN-103: it has no boundary, is cut off, or is no multipart body otherwise
 * @see RFC 2046 §5.1, RFC 7578 §4
 */
export async function readMultipart({ headers, bytes }: PlatformRequest): Promise<readonly Part[]> {
  const boundary = readParameterizedHeader(headers['content-type'] ?? '').parameters.get('boundary');
  if (!boundary) throw malformed('has no boundary');
  if (Buffer.byteLength(boundary) > LONGEST_BOUNDARY_BYTES) throw malformed('has a boundary that is too long');
  // Loaded where it is wanted: a sandbox that is sent no files starts sooner without it.
  const { Dicer } = await import('@fastify/busboy');
  return Promise.all(await dice(new Dicer({ boundary }), bytes));
}

function dice(dicer: Dicer, bytes: Buffer): Promise<readonly Promise<Part>[]> {
  return new Promise((resolve, reject) => {
    const parts: Promise<Part>[] = [];
    dicer.on('part', (stream) => {
      // Thrown through `end` below, which is what stops the parser.
      if (parts.length === MOST_PARTS) throw malformed('has too many parts');
      const part = readPart(stream);
      // Whoever asks for the parts hears of it; nobody does where the whole is cut off.
      part.catch(() => {});
      parts.push(part);
    });
    dicer.on('error', () => reject(malformed('ends before its last boundary')));
    dicer.on('finish', () => (parts.length === 0 ? reject(malformed('has no parts')) : resolve(parts)));
    dicer.end(bytes);
  });
}

function readPart(stream: Dicer.PartStream): Promise<Part> {
  return new Promise((resolve, reject) => {
    let headers: PartHeaders | undefined;
    const chunks: Buffer[] = [];
    stream.on('header', (found) => {
      headers = found as PartHeaders;
    });
    stream.on('data', (chunk) => chunks.push(chunk as Buffer));
    stream.on('error', reject);
    stream.on('end', () => (headers ? resolve(partOf(headers, Buffer.concat(chunks))) : reject(malformed('has a part without an end of its headers'))));
  });
}

type PartHeaders = Readonly<Record<string, readonly string[]>>;

function partOf(headers: PartHeaders, bytes: Buffer): Part {
  const disposition = readParameterizedHeader(textOf(headers['content-disposition'])).parameters;
  const { value: mediaType } = readParameterizedHeader(textOf(headers['content-type']));
  const name = disposition.get('name');
  const fileName = disposition.get('filename');
  const isBase64 = textOf(headers['content-transfer-encoding']).trim().toLowerCase() === 'base64';
  return {
    ...(name !== undefined && { name }),
    ...(fileName !== undefined && { fileName }),
    ...(mediaType !== '' && { mediaType }),
    bytes: isBase64 ? Buffer.from(bytes.toString('latin1'), 'base64') : bytes,
  };
}

// The parser reads headers byte by byte; their names of files are UTF-8 today (RFC 7578 §5.1).
function textOf([text = '']: readonly string[] = []): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function malformed(what: string) {
  return restRefusal(400, 'CMN-103', `The multipart body ${what}`);
}
