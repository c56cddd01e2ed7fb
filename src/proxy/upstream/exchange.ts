import type { Duplex, Readable } from 'node:stream';
import type { StopSignal } from '../../domain/stop-signal.ts';
import type { Asked } from './answer-reader.ts';
import type { Connection } from './connection.ts';
import { type FaultState, NOTHING_SENT, UpstreamFault, type UpstreamFaultKind } from './faults.ts';
import type { UpstreamHandler } from './handler.ts';
import { type RequestFraming, type RequestHead, requestHead } from './request-head.ts';

/** A request as the caller gives it. */
export interface UpstreamRequest extends RequestHead {
  /** A stream is read only once a socket is there, and no faster than the upstream takes it. */
  readonly body?: Buffer | Readable | undefined;
  /** Bytes of a body that is a stream; without it, it goes in chunks. */
  readonly bodyLength?: number | undefined;
  /** Asked when a body in chunks has ended, for the fields after it. */
  readonly trailers?: (() => readonly string[]) | undefined;
  /** Waits for a 100 before the body is sent, for a second at most. The 100 is told to `onInformation`. */
  readonly expectContinue?: boolean | undefined;
  /** Protocol to change to, `websocket` for example. */
  readonly upgrade?: string | undefined;
  readonly signal?: StopSignal | undefined;
}

/** What the caller may do with a request under way. */
export interface UpstreamExchange {
  /** Takes no more of the answer's body. What has been read from the socket already still comes: 64 KiB at most. */
  pause(): void;
  resume(): void;
  /** Ends it at once; `onError` is called with `aborted` unless it was over. */
  abort(): void;
}

/** One request and its answer, from the first byte to the last. */
export class Exchange implements UpstreamExchange {
  readonly head: string;
  readonly body: Buffer | Readable | undefined;
  readonly framing: RequestFraming;
  readonly trailers: (() => readonly string[]) | undefined;
  readonly asked: Asked;
  readonly expectContinue: boolean;
  readonly handler: UpstreamHandler;
  /** Whether the breaker let it through to see how the upstream is. */
  probe = false;
  connection: Connection | undefined;
  /** Of the roster of those under way. */
  place = 0;
  /** Monotonic milliseconds until when it waits for a socket. */
  waitsUntil = 0;
  sent = false;
  answered = false;
  bodyTouched = false;
  over = false;
  readonly #signal: StopSignal | undefined;
  readonly #onOver: (exchange: Exchange) => void;

  /** @throws TypeError  see `requestHead` */
  constructor(request: UpstreamRequest, host: string, handler: UpstreamHandler, onOver: (exchange: Exchange) => void) {
    const { method, body, upgrade, signal } = request;
    this.body = body;
    this.framing = framingOf(body, request.bodyLength);
    this.expectContinue = request.expectContinue === true && this.framing !== 'none';
    this.head = requestHead(request, host, this.framing, this.expectContinue, upgrade);
    this.trailers = request.trailers;
    this.asked = upgrade === undefined ? (method === 'HEAD' ? WITHOUT_BODY : ORDINARY) : { bodiless: method === 'HEAD', upgrade: true };
    this.handler = handler;
    this.#signal = signal;
    this.#onOver = onOver;
    signal?.addEventListener('abort', this);
    // A stream that fails while the request waits, or after it is over, would end the process; whether it failed is looked at when it is read.
    if (this.framing !== 'none' && !Buffer.isBuffer(body)) body?.on('error', ignore);
  }

  /** What the signal calls; saves a closure. */
  handleEvent(): void {
    this.abort();
  }

  pause(): void {
    if (!this.over) this.connection?.pause();
  }

  resume(): void {
    if (!this.over) this.connection?.resume();
  }

  abort(): void {
    this.fail('aborted', 'The request was given up.', this.#signal?.reason);
  }

  /** How far it has come. */
  get state(): FaultState {
    if (!this.sent) return this.bodyTouched ? { ...NOTHING_SENT, bodyTouched: true } : NOTHING_SENT;
    return { sent: 'maybe', answered: this.answered, reused: (this.connection?.served ?? 0) > 0, bodyTouched: this.bodyTouched };
  }

  /** Ends it without an answer, or with a part of one; the socket under it is closed. */
  fail(kind: UpstreamFaultKind, message: string, cause?: unknown, retryAfterMs?: number): void {
    if (this.over) return;
    const fault = new UpstreamFault(kind, message, this.state, { cause, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    this.#leave(false);
    this.handler.onError(fault);
  }

  /** The answer is whole. */
  complete(): void {
    this.#leave(true);
    this.handler.onEnd();
  }

  /** HTTP is over on this socket; whoever asked has it now. */
  upgraded(rawHeaders: string[], socket: Duplex, head: Buffer): void {
    this.#leave(true);
    if (this.handler.onUpgrade) this.handler.onUpgrade(rawHeaders, socket, head);
    else socket.destroy();
  }

  #leave(whole: boolean): void {
    this.over = true;
    this.#signal?.removeEventListener('abort', this);
    const { connection } = this;
    this.connection = undefined;
    if (whole) connection?.leave();
    else connection?.close();
    this.#onOver(this);
  }
}

const ORDINARY: Asked = { bodiless: false, upgrade: false };
const WITHOUT_BODY: Asked = { bodiless: true, upgrade: false };

function framingOf(body: Buffer | Readable | undefined, length: number | undefined): RequestFraming {
  if (body === undefined) return 'none';
  if (Buffer.isBuffer(body)) return body.length;
  if (length === undefined) return 'chunked';
  if (!Number.isSafeInteger(length) || length < 0) throw new TypeError('The length of the body is not a number of bytes.');
  return length;
}

function ignore(): void {}
