import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

// The rooms that exist take small forms and JSON only; a fax will bring a limit of its own.
const BODY_LIMIT_BYTES = 1024 * 1024;

/** A request whose body has arrived. */
export class PlatformRequest {
  readonly method: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  #form: URLSearchParams | undefined;

  constructor(head: RequestHead, body: string) {
    this.method = head.method;
    this.path = head.path;
    this.query = new URLSearchParams(head.query);
    this.headers = head.headers;
    this.body = body;
  }

  /** The body read as a form, whatever its type. */
  get form(): URLSearchParams {
    this.#form ??= new URLSearchParams(this.body);
    return this.#form;
  }

  /** The media type alone, in lower case. */
  get mediaType(): string {
    return (this.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  }
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
  const [path = '', ...query] = (incoming.url ?? '').split('?');
  return { method: incoming.method ?? '', path, query: query.join('?'), headers: incoming.headers };
}

/**
 * Reads the body. What is beyond the limit is read and dropped: a connection closed before would lose the answer.
 *
 * @returns nothing where it is longer than 1 MiB
 */
export async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  return length > BODY_LIMIT_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}
