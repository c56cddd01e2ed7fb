import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { PayloadTooLarge } from '../domain/errors.ts';
import { Fingerprint } from '../limits/fingerprint.ts';
import { type IdempotencyKeys, KEPT_BODY_BYTES, type KeptResult, type NewRequest } from '../limits/idempotency-keys.ts';
import { sends } from '../ringcentral/facts/sends.ts';
import { headerOf, type RawHeaders } from '../runtime/raw-headers.ts';
import type { InboundBody } from './body.ts';
import type { Allowed } from './caller.ts';
import { responseHeaders } from './headers.ts';
import type { Presence } from './presence.ts';
import { UpstreamFault } from './upstream/faults.ts';

// What an answer is read by. Others are of its own connection, or of its own time.
const KEPT_HEADERS: ReadonlySet<string> = new Set(['content-type', 'content-language', 'location', 'rcrequestid']);

/** What becomes of the answer to a request with a key. */
export interface Recording {
  onHead(status: number, headers: RawHeaders): void;
  onData(chunk: Buffer): void;
}

/** A request that may have a key. */
interface OnceAsked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly allowed: Allowed;
  readonly body: InboundBody;
  readonly presence: Presence;
}

/**
 * Carries out a request once where it has an `Idempotency-Key` and places a call or sends something; any other as it comes.
 *
 * @param work  forwards it; told what is recorded of the answer
 * @returns the status that the caller got
 * @throws PayloadTooLarge  the body is longer than can be compared
 * @throws what `IdempotencyKeys.begin` and `work` throw
 */
export function once(keys: Pick<IdempotencyKeys, 'begin'>, asked: OnceAsked, work: (recording: Recording | undefined) => Promise<number>): Promise<number> {
  const key = headerOf(asked.request.rawHeaders, 'idempotency-key');
  return key === undefined || !sends(asked.request.method ?? '', asked.allowed.path) ? work(undefined) : onceByKey(keys, key, asked, work);
}

async function onceByKey(
  keys: Pick<IdempotencyKeys, 'begin'>,
  key: string,
  { request, response, allowed, body, presence }: OnceAsked,
  work: (recording: Recording) => Promise<number>,
): Promise<number> {
  const method = request.method ?? '';
  const { client, connection, path, query = '' } = allowed;
  const fingerprint = new Fingerprint({ connection, method, path, query, contentType: request.headers['content-type'] });
  const begun = await keys.begin({ client: client.name, key, fingerprint: await presence.wait(digest(fingerprint, body)) });
  if (begun.state === 'replay') return replay(response, begun.result);
  return carryOut(begun, work);
}

async function carryOut(begun: NewRequest, work: (recording: Recording) => Promise<number>): Promise<number> {
  const recorded = new Recorder();
  try {
    const status = await work(recorded);
    void begun.finish(recorded.result(status));
    return status;
  } catch (error) {
    await (hasLeft(error) ? begun.unclear() : begun.abandon());
    throw error;
  }
}

async function digest(fingerprint: Fingerprint, body: InboundBody): Promise<string> {
  const source = body.read();
  if (source instanceof Readable) for await (const piece of source as AsyncIterable<Buffer>) fingerprint.update(piece);
  else if (source) fingerprint.update(source);
  if (!body.repeatable) throw new PayloadTooLarge(body.length ?? 0);
  return fingerprint.digest();
}

class Recorder implements Recording {
  #headers: RawHeaders = [];
  #pieces: Buffer[] | undefined = [];
  #bytes = 0;

  onHead(_status: number, headers: RawHeaders): void {
    this.#headers = headers;
    this.#pieces = [];
    this.#bytes = 0;
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > KEPT_BODY_BYTES) this.#pieces = undefined;
    this.#pieces?.push(chunk);
  }

  result(status: number): KeptResult {
    const passed = responseHeaders(this.#headers);
    const headers: [string, string][] = [];
    for (let index = 0; index < passed.length; index += 2) {
      if (KEPT_HEADERS.has((passed[index] as string).toLowerCase())) headers.push([passed[index] as string, passed[index + 1] as string]);
    }
    return { status, headers, body: this.#pieces && Buffer.concat(this.#pieces) };
  }
}

function replay(response: ServerResponse, { status, headers, body }: KeptResult & { readonly body: Uint8Array }): number {
  response.writeHead(status, [...headers.flat(), 'Content-Length', String(body.byteLength), 'Idempotent-Replayed', 'true']);
  response.end(body);
  return status;
}

// Only where it is certain that not a byte left may it be sent under the same key again.
function hasLeft(error: unknown): boolean {
  const fault = error instanceof Error && error.cause instanceof UpstreamFault ? error.cause : undefined;
  return fault !== undefined && fault.sent === 'maybe';
}
