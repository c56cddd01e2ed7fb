import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { AnswerHead } from './answer-head.ts';
import { AnswerReader, type AnswerSink } from './answer-reader.ts';
import { BodySender, type BodySenderOwner } from './body-sender.ts';
import type { Exchange } from './exchange.ts';
import { AnswerUnusable } from './faults.ts';
import type { Intake } from './intake.ts';
import type { UpstreamLimits } from './options.ts';

/** Whom a connection belongs to. */
export interface ConnectionOwner {
  readonly limits: UpstreamLimits;
  /** Monotonic milliseconds. */
  now(): number;
  /** A head came: the upstream is well. */
  answered(exchange: Exchange): void;
  /** No head came in time. */
  silent(exchange: Exchange): void;
  /** It can take another request. */
  free(connection: Connection): void;
  /** It is closed, or its socket somebody else's. */
  gone(connection: Connection): void;
}

// Up to this size head and body are copied into one piece, which is cheaper than two writes.
const ONE_PIECE_BYTES = 16 * 1024;
// An answer that is there already is read at once; more is not waited for.
const LAST_WORDS_MS = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

/** One socket to the upstream, and the request that is on it, if any. One at a time: nothing is pipelined. */
export class Connection implements AnswerSink, BodySenderOwner {
  /** Requests that were answered whole on it. */
  served = 0;
  /** When what it waits for has to have come, in monotonic milliseconds. */
  deadline = NEVER;
  readonly openedAt: number;
  readonly #socket: Socket;
  readonly #intake: Intake | undefined;
  readonly #owner: ConnectionOwner;
  readonly #reader = new AnswerReader();
  #exchange: Exchange | undefined;
  #sender: BodySender | undefined;
  // The request's body: all with the socket; more than the socket takes for now; waiting for a 100.
  #sent = true;
  #blocked = false;
  #awaitsContinue = false;
  // The head has left; nothing more can leave.
  #headOut = false;
  #cannotWrite = false;
  #paused = false;
  #persistent = false;
  #idleMs = 0;
  #upgradeHead: AnswerHead | undefined;
  #closed = false;
  #error: Error | undefined;

  /** @param intake  what the socket reads into; undefined for one that may be handed over, which is an ordinary stream */
  constructor(socket: Socket, intake: Intake | undefined, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.openedAt = owner.now();
    this.#intake = intake;
    if (intake) intake.onBytes = this.#onData;
    else socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onSocketError);
    socket.on('close', this.#onClose);
    socket.on('drain', this.#onDrain);
    // A stream that cannot write any more is destroyed by Node, with all that has come and was not read yet: the very answer, if
    // the upstream gave it and hung up without reading the rest of the body. So it lives on for that.
    socket.destroy = (error) => (error && this.#outlives(error) ? socket : Object.getPrototypeOf(socket).destroy.call(socket, error));
  }

  /** Whether a request can be sent: as far as is known, the other side still listens. */
  get usable(): boolean {
    return !this.#closed && this.#socket.writable && !this.#socket.readableEnded;
  }

  /** Sends a request. */
  start(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.connection = this;
    exchange.sent = true;
    this.#persistent = false;
    this.#headOut = false;
    this.#blocked = false;
    this.#reader.begin(exchange.asked);
    const { head, body } = exchange;
    if (body === undefined) {
      this.#socket.write(head, 'latin1');
      this.#sent = true;
      this.#expectHead();
    } else if (exchange.expectContinue) {
      this.#socket.write(head, 'latin1');
      this.#sent = false;
      this.#awaitsContinue = true;
      this.deadline = this.#owner.now() + this.#owner.limits.continueMs;
    } else {
      this.#sendWithBody(exchange);
    }
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
    this.#waitOn();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
    this.#waitOn();
  }

  /** The answer is whole: the socket serves another request, or is closed. */
  leave(): void {
    if (this.#closed) return;
    this.#exchange = undefined;
    // An ordinary stream costs more for each packet.
    if (!this.#persistent || !this.#sent || !this.usable || !this.#intake) {
      this.close();
      return;
    }
    this.served += 1;
    this.#intake.rest();
    this.resume();
    this.deadline = this.#owner.now() + this.#idleMs;
    this.#owner.free(this);
  }

  /** Closes the socket at once. */
  close(): void {
    if (this.#closed) return;
    this.#detach();
    this.#socket.destroy();
    this.#owner.gone(this);
  }

  #detach(): void {
    this.#closed = true;
    this.deadline = NEVER;
    this.#exchange = undefined;
    this.#sender?.stop();
    this.#sender = undefined;
  }

  /** What it waited for did not come in time. */
  expire(): void {
    this.deadline = NEVER;
    const exchange = this.#exchange;
    if (!exchange) {
      this.close();
    } else if (this.#cannotWrite) {
      this.#lost();
    } else if (this.#awaitsContinue) {
      this.#sendAwaitedBody();
    } else if (exchange.answered) {
      exchange.fail('silent', 'No more of the answer came.');
    } else if (this.#sent) {
      this.#owner.silent(exchange);
      exchange.fail('silent', 'No answer came.');
    } else {
      exchange.fail('silent', 'No more of the request was taken.');
    }
  }

  // What the reader tells.

  information({ status, rawHeaders }: AnswerHead): void {
    if (!this.#exchange) return;
    this.#exchange.handler.onInformation?.(status, rawHeaders);
    if (status === 100 && this.#awaitsContinue && this.#exchange) this.#sendAwaitedBody();
    else this.#waitOn();
  }

  head(head: AnswerHead): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    exchange.answered = true;
    this.#awaitsContinue = false;
    this.#owner.answered(exchange);
    this.#persistent = head.persistent && (head.length >= 0 || head.chunked || this.#reader.done);
    this.#idleMs = idleMs(this.#owner.limits.idleMs, head.idleSeconds);
    this.#waitOn();
    if (this.#reader.upgraded) this.#upgradeHead = head;
    else exchange.handler.onHead(head.status, head.reason, head.rawHeaders);
  }

  data(chunk: Buffer): void {
    if (!this.#exchange) return;
    const piece = this.#intake ? this.#intake.keep(chunk) : chunk;
    if (this.#exchange.handler.onData(piece, this.#reader.done) === false) this.pause();
  }

  trailers(fields: string[]): void {
    this.#exchange?.handler.onTrailers?.(fields);
  }

  // What the sender tells.

  blocked(): void {
    this.#blocked = true;
    this.#waitOn();
  }

  unblocked(): void {
    this.#blocked = false;
    this.#waitOn();
  }

  bodySent(): void {
    this.#sent = true;
    this.#blocked = false;
    this.#sender = undefined;
    this.#waitOn();
  }

  sourceFailed(message: string, cause?: unknown): void {
    this.#exchange?.fail('source', message, cause);
  }

  #sendAwaitedBody(): void {
    this.#awaitsContinue = false;
    this.#headOut = true;
    const exchange = this.#exchange as Exchange;
    if (Buffer.isBuffer(exchange.body)) {
      this.#socket.write(exchange.body);
      this.bodySent();
    } else {
      this.#stream(exchange);
    }
  }

  #sendWithBody(exchange: Exchange): void {
    const { head, body } = exchange;
    if (!Buffer.isBuffer(body)) {
      // Held back until the stream has given what it has at hand: head and the first piece leave in one packet.
      this.#socket.cork();
      this.#socket.write(head, 'latin1', this.#onHeadOut);
      this.#stream(exchange);
      process.nextTick(uncork, this.#socket);
      return;
    }
    if (body.length <= ONE_PIECE_BYTES) {
      this.#socket.write(onePiece(head, body));
    } else {
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    }
    this.#sent = true;
    this.#expectHead();
  }

  #stream(exchange: Exchange): void {
    this.#sent = false;
    this.deadline = NEVER;
    exchange.bodyTouched = true;
    this.#sender = new BodySender(exchange.body as Readable, exchange.framing as number | 'chunked', exchange.trailers, this.#socket, this);
    this.#sender.start();
  }

  #expectHead(): void {
    this.deadline = this.#owner.now() + this.#owner.limits.headMs;
  }

  /** Sets the deadline for what has to come next. */
  #waitOn(): void {
    const exchange = this.#exchange;
    if (!exchange || this.#awaitsContinue || this.#cannotWrite) return;
    const { limits } = this.#owner;
    if (this.#blocked) {
      // Whatever comes meanwhile: only what is taken counts.
      if (this.deadline === NEVER) this.deadline = this.#owner.now() + limits.sendIdleMs;
      return;
    }
    // A slow source, or a slow reader of the answer, is not the upstream's fault.
    if (!this.#sent || this.#paused) this.deadline = NEVER;
    else this.deadline = this.#owner.now() + (exchange.answered ? limits.bodyIdleMs : limits.headMs);
  }

  readonly #onData = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    // Nobody asked for this; taken for an answer it would answer the next request.
    if (!exchange) {
      this.close();
      return;
    }
    try {
      const taken = this.#reader.read(bytes, this);
      if (this.#exchange !== exchange) return;
      if (this.#reader.upgraded) this.#handOver(exchange, bytes.subarray(taken));
      else if (this.#reader.done) this.#finish(exchange, taken < bytes.length);
      else if (exchange.answered) this.#waitOn();
    } catch (error) {
      this.#persistent = false;
      if (error instanceof AnswerUnusable) exchange.fail('unusable', error.message, error);
      // In its last callback: nobody is left to be told, and a defect is not to be hidden.
      else if (exchange.over) throw error;
      else exchange.fail('aborted', 'The answer could not be handed on.', error);
    }
  };

  /** @param more  whether bytes came that belong to no answer */
  #finish(exchange: Exchange, more: boolean): void {
    if (more) this.#persistent = false;
    exchange.complete();
  }

  #handOver(exchange: Exchange, rest: Buffer): void {
    const socket = this.#socket;
    const head = this.#upgradeHead as AnswerHead;
    this.#upgradeHead = undefined;
    socket.pause();
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onSocketError);
    socket.off('close', this.#onClose);
    socket.off('drain', this.#onDrain);
    // What the constructor put before the socket's own.
    Reflect.deleteProperty(socket, 'destroy');
    this.#detach();
    this.#owner.gone(this);
    exchange.upgraded(head.rawHeaders, socket, rest);
  }

  readonly #onEnd = (): void => {
    const exchange = this.#exchange;
    if (exchange && this.#reader.finish()) {
      this.#persistent = false;
      exchange.complete();
    }
    this.#lost();
  };

  readonly #onSocketError = (error: Error): void => {
    this.#error ??= error;
  };

  readonly #onHeadOut = (error?: Error | null): void => {
    this.#headOut = !error;
  };

  /**
   * Whether an answer may still be read after this error.
   *
   * Not when already the head could not be written: what is read on such a socket was sent before the request, a 408 for
   * example, and answers nothing.
   */
  #outlives(error: NodeJS.ErrnoException): boolean {
    if (!this.#exchange || this.#sent || !this.#headOut || error.syscall !== 'write') return false;
    this.#error ??= error;
    this.#sender?.stop();
    if (!this.#cannotWrite) this.deadline = this.#owner.now() + LAST_WORDS_MS;
    this.#cannotWrite = true;
    return true;
  }

  readonly #onClose = (): void => this.#lost();

  readonly #onDrain = (): void => this.#sender?.drained();

  #lost(): void {
    this.#persistent = false;
    if (this.#exchange) this.#exchange.fail('closed', closedMessage(this.#exchange), this.#error);
    this.close();
  }
}

function closedMessage({ answered }: Exchange): string {
  return answered ? 'The connection was closed in the middle of the answer.' : 'The connection was closed before an answer.';
}

function uncork(socket: Socket): void {
  socket.uncork();
}

function onePiece(head: string, body: Buffer): Buffer {
  const piece = Buffer.allocUnsafe(head.length + body.length);
  piece.write(head, 0, 'latin1');
  body.copy(piece, head.length);
  return piece;
}

// Closed a little before the other side would, so that no request meets a socket that is just being closed.
const IDLE_MARGIN_MS = 1_000;

/** @param seconds  what the other side says it keeps an idle connection for; -1 if it says nothing */
function idleMs(ours: number, seconds: number): number {
  return seconds < 0 ? ours : Math.min(ours, Math.max(0, seconds * 1_000 - IDLE_MARGIN_MS));
}
