import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

// RingCentral "Sending faxes": attachments of 50 MB in all; the rest is for the parts' own headers.
const UPLOAD_LIMIT_BYTES = 51 * 1024 * 1024;
const LIMIT_BYTES = 1024 * 1024;
// The types of which a body is read into text and objects: those stay small.
const TEXT_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/json',
  'application/vnd.ringcentral.multipart+json',
  'application/x-www-form-urlencoded',
  'text/plain',
]);

/** A request whose body has arrived. */
export class PlatformRequest {
  readonly method: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly #queryText: string;
  #query: URLSearchParams | undefined;
  #body: string | undefined;
  #form: URLSearchParams | undefined;

  constructor(head: RequestHead, bytes: Buffer) {
    this.method = head.method;
    this.path = head.path;
    this.#queryText = head.query;
    this.headers = head.headers;
    this.bytes = bytes;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#queryText);
    return this.#query;
  }

  /** The body as text. */
  get body(): string {
    this.#body ??= this.bytes.toString('utf8');
    return this.#body;
  }

  /** The body read as a form, whatever its type. */
  get form(): URLSearchParams {
    this.#form ??= new URLSearchParams(this.body);
    return this.#form;
  }

  /** The media type alone, in lower case. */
  get mediaType(): string {
    return mediaTypeOf(this.headers);
  }
}

function mediaTypeOf(headers: IncomingHttpHeaders): string {
  const type = headers['content-type'] ?? '';
  const end = type.indexOf(';');
  return (end === -1 ? type : type.slice(0, end)).trim().toLowerCase();
}

/** A request whose body has not arrived yet. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** What the request line and the headers say. */
export function headOf(incoming: IncomingMessage): RequestHead {
  const target = pathAndQuery(incoming.url ?? '');
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  return { method: incoming.method ?? '', path, query: mark === -1 ? '' : target.slice(mark + 1), headers: incoming.headers };
}

// RFC 9112 §3.2.2: a server takes the absolute form too. RingCX's documents print it, and programs behind a proxy send it.
function pathAndQuery(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
}

/**
 * Reads the body. What is beyond the limit is read and dropped: a connection closed before would lose the answer.
 *
 * @returns nothing where it is longer than 1 MiB, or 51 MiB for what is not text
 * @throws Error  the caller has gone in the middle of it
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const limit = TEXT_TYPES.has(mediaTypeOf(incoming.headers)) ? LIMIT_BYTES : UPLOAD_LIMIT_BYTES;
  const chunks: Buffer[] = [];
  let length = 0;
  // By its events: reading it as an iterable costs a tenth of a token request.
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length <= limit) chunks.push(chunk);
    });
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete) reject(new Error('the caller has gone'));
    });
    incoming.on('end', () => resolve(length > limit ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  });
}
