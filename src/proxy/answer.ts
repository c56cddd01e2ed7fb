import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Permit } from '../domain/platform-limits.ts';
import { errorCodeOf } from '../ringcentral/calls/request.ts';
import { ACCESS_TOKEN_DEAD } from '../ringcentral/facts/error-codes.ts';
import { headerOf, type RawHeaders } from '../runtime/raw-headers.ts';
import { responseHeaders } from './headers.ts';
import { closeGently } from './linger.ts';
import type { Recording } from './once.ts';
import { type LinkChange, linkRewriter } from './rewrite-links.ts';
import type { TimeKeeper } from './time-keeper.ts';
import type { UpstreamExchange } from './upstream/exchange.ts';
import type { UpstreamFault } from './upstream/faults.ts';
import type { UpstreamHandler } from './upstream/handler.ts';

// An error of the platform has some hundred bytes. A longer 401 is passed on unread.
const HELD_BYTES = 16 * 1024;
// What RingCX says in place of a code ("RingCX API: authentication").
const RINGCX_EXPIRED = 'Jwt is expired';

/** How one attempt ended. */
export type Outcome =
  /** The answer went to the caller, whole. */
  | { readonly is: 'passed on'; readonly status: number }
  /** The platform refused the token, and has done nothing; the answer is held. */
  | { readonly is: 'token refused'; readonly held: HeldAnswer }
  | { readonly is: 'failed'; readonly fault: UpstreamFault };

/** An answer that may still be passed on. */
export interface HeldAnswer {
  readonly reason: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** Whom an answer goes to, and who is told of it. */
export interface Listening {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly times: TimeKeeper;
  /** Told of the first answer, whichever attempt it belongs to. */
  readonly permit: Pick<Permit, 'answered'>;
  /** Told of every answer, as the platform sent it. */
  readonly recording?: Recording | undefined;
  /** What the links of answers lead to in its place; absent: no byte is changed. */
  readonly rewrite?: readonly LinkChange[] | undefined;
}

/**
 * Passes an answer on to the caller as it comes, at the caller's pace: no byte is changed unless links are rewritten. A 401
 * is looked at first, and held where the token is what the platform refuses.
 */
export class AnswerPasser implements UpstreamHandler {
  readonly #listening: Listening;
  readonly #holds: boolean;
  readonly #onOutcome: (outcome: Outcome) => void;
  #exchange: UpstreamExchange | undefined;
  #held: { readonly reason: string; readonly headers: RawHeaders; readonly pieces: Buffer[]; bytes: number } | undefined;
  #rewriter: Transform | undefined;
  #status = 0;
  #ended = false;

  /** @param holds  whether a 401 because of its token is held back */
  constructor(listening: Listening, holds: boolean, onOutcome: (outcome: Outcome) => void) {
    this.#listening = listening;
    this.#holds = holds;
    this.#onOutcome = onOutcome;
  }

  /** What answers, so that it can be paused. */
  follow(exchange: UpstreamExchange): void {
    this.#exchange = exchange;
  }

  onHead(status: number, reason: string, headers: string[]): void {
    const { permit, recording } = this.#listening;
    this.#status = status;
    permit.answered(headers, status);
    recording?.onHead(status, headers);
    if (status === 401 && this.#holds) this.#held = { reason, headers, pieces: [], bytes: 0 };
    else this.#writeHead(reason, headers);
  }

  onData(chunk: Buffer, last: boolean): boolean {
    this.#listening.recording?.onData(chunk);
    const held = this.#held;
    if (held) {
      held.pieces.push(chunk);
      held.bytes += chunk.length;
      if (held.bytes <= HELD_BYTES) return true;
      this.#letGo(held);
      return true;
    }
    if (!last || this.#rewriter) return this.#write(chunk);
    this.#ended = true;
    this.#listening.response.end(chunk);
    return true;
  }

  onTrailers(trailers: string[]): void {
    const { response } = this.#listening;
    if (this.#held || !response.headersSent) return;
    const pairs: [string, string][] = [];
    for (let index = 0; index < trailers.length; index += 2) pairs.push([trailers[index] as string, trailers[index + 1] as string]);
    response.addTrailers(pairs);
  }

  onEnd(): void {
    const held = this.#held;
    if (held) {
      const body = Buffer.concat(held.pieces);
      if (isTokenRefusal(decoded(held.headers, body))) {
        this.#onOutcome({ is: 'token refused', held: { reason: held.reason, headers: held.headers, body } });
        return;
      }
      this.#letGo(held);
    }
    if (this.#rewriter) this.#rewriter.end();
    else if (!this.#ended) this.#listening.response.end();
    this.#onOutcome({ is: 'passed on', status: this.#status });
  }

  onError(fault: UpstreamFault): void {
    this.#rewriter?.destroy();
    this.#onOutcome({ is: 'failed', fault });
  }

  #letGo({ reason, headers, pieces }: { readonly reason: string; readonly headers: RawHeaders; readonly pieces: readonly Buffer[] }): void {
    this.#held = undefined;
    this.#writeHead(reason, headers);
    for (const piece of pieces) this.#write(piece);
  }

  #writeHead(reason: string, headers: RawHeaders): void {
    const { request, response, times } = this.#listening;
    // The platform wants no more of it: neither is it read from the caller.
    if (!request.complete) closeGently(request, response, times);
    const rewriter = rewriterFor(this.#listening, headers);
    const passed = responseHeaders(headers);
    if (!rewriter) {
      response.writeHead(this.#status, reason, passed);
      return;
    }
    response.writeHead(this.#status, reason, withoutLength(passed));
    this.#rewriter = rewriter;
    rewriter.pipe(response);
    rewriter.on('drain', () => this.#exchange?.resume());
  }

  #write(chunk: Buffer): boolean {
    if (this.#rewriter) return this.#rewriter.write(chunk);
    const { response } = this.#listening;
    if (response.write(chunk)) return true;
    response.once('drain', () => this.#exchange?.resume());
    return false;
  }
}

/** Passes on what was held. */
export function passOn({ request, response, times }: Pick<Listening, 'request' | 'response' | 'times'>, { reason, headers, body }: HeldAnswer): void {
  if (!request.complete) closeGently(request, response, times);
  response.writeHead(401, reason, responseHeaders(headers));
  response.end(body);
}

/** Whether a 401 says that its token is no longer good, so that a newer one may help; every other has another cause. */
function isTokenRefusal(text: string): boolean {
  return text.trim() === RINGCX_EXPIRED || ACCESS_TOKEN_DEAD.has(errorCodeOf({ status: 401, text }));
}

const DECODERS: Readonly<Record<string, typeof gunzipSync>> = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

// Callers may ask for any coding, and the platform's gateway uses it for errors too.
function decoded(headers: RawHeaders, body: Buffer): string {
  const coding = headerOf(headers, 'content-encoding')?.toLowerCase();
  const decode = coding === undefined ? undefined : DECODERS[coding];
  if (!decode) return body.toString('utf8');
  try {
    return decode(body, { maxOutputLength: HELD_BYTES }).toString('utf8');
  } catch {
    return '';
  }
}

function withoutLength(headers: readonly string[]): string[] {
  const left: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if ((headers[index] as string).toLowerCase() !== 'content-length') left.push(headers[index] as string, headers[index + 1] as string);
  }
  return left;
}

function rewriterFor({ request, rewrite }: Listening, headers: RawHeaders): Transform | undefined {
  if (!rewrite || request.method === 'HEAD' || !isPlainJson(headers) || headerOf(headers, 'content-range') !== undefined) return undefined;
  return linkRewriter(rewrite);
}

// JSON that can be read as it comes.
function isPlainJson(headers: RawHeaders): boolean {
  return headerOf(headers, 'content-encoding') === undefined && /^application\/([\w.+-]+\+)?json\b/i.test(headerOf(headers, 'content-type') ?? '');
}
