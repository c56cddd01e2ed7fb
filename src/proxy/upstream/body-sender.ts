import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { trailerFields } from './request-head.ts';

/** Who is told how the sending of a body goes. */
export interface BodySenderOwner {
  /** The socket takes no more for now. */
  blocked(): void;
  unblocked(): void;
  /** All of it is with the socket. */
  bodySent(): void;
  sourceFailed(message: string, cause?: unknown): void;
}

/** Moves the body of a request from its stream into a socket, no faster than the socket takes it. */
export class BodySender {
  readonly #source: Readable;
  readonly #socket: Socket;
  readonly #owner: BodySenderOwner;
  readonly #trailers: (() => readonly string[]) | undefined;
  /** Bytes still to come of a body of known length; undefined when it goes in chunks. */
  #left: number | undefined;
  #stopped = false;
  #blocked = false;

  constructor(source: Readable, framing: number | 'chunked', trailers: (() => readonly string[]) | undefined, socket: Socket, owner: BodySenderOwner) {
    this.#source = source;
    this.#socket = socket;
    this.#owner = owner;
    this.#trailers = trailers;
    this.#left = framing === 'chunked' ? undefined : framing;
  }

  start(): void {
    const source = this.#source;
    if (source.errored || source.destroyed) {
      // Later: whoever sends the request is to have it in hand before it hears of it.
      process.nextTick(() => this.#fail('The body ended early.', source.errored));
      return;
    }
    source.on('data', this.#onData);
    source.on('end', this.#onEnd);
    source.on('close', this.#onClose);
    source.on('error', this.#onError);
    if (this.#left === 0) this.#finish();
    else source.resume();
  }

  /** Reads no more of the stream; what is left of it is its owner's. */
  stop(): void {
    if (this.#stopped) return;
    this.#leave();
    this.#source.pause();
  }

  /** The socket takes more again. */
  drained(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    if (this.#stopped) return;
    this.#owner.unblocked();
    this.#source.resume();
  }

  readonly #onData = (piece: Buffer | string): void => {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    // An empty chunk would be the end of the body.
    if (chunk.length === 0) return;
    const takesMore = this.#write(chunk);
    if (this.#stopped) return;
    if (this.#left === 0) {
      // Not when the stream says that it ended: the answer may be there before, and the socket would not be used again.
      this.#finish();
      return;
    }
    if (takesMore) return;
    this.#blocked = true;
    this.#source.pause();
    this.#owner.blocked();
  };

  #write(chunk: Buffer): boolean {
    if (this.#left === undefined) {
      this.#socket.cork();
      this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      this.#socket.write(chunk);
      const takesMore = this.#socket.write('\r\n', 'latin1');
      this.#socket.uncork();
      return takesMore;
    }
    if (chunk.length > this.#left) {
      this.#fail('The body is longer than its length.');
      return true;
    }
    this.#left -= chunk.length;
    return this.#socket.write(chunk);
  }

  readonly #onEnd = (): void => {
    if (this.#left !== undefined && this.#left > 0) {
      this.#fail('The body is shorter than its length.');
      return;
    }
    if (this.#writeEnd()) this.#finish();
  };

  /** The stream is left flowing, so that it comes to its end. */
  #finish(): void {
    this.#leave();
    this.#source.resume();
    this.#owner.bodySent();
  }

  #leave(): void {
    this.#stopped = true;
    this.#source.off('data', this.#onData);
    this.#source.off('end', this.#onEnd);
    this.#source.off('close', this.#onClose);
    this.#source.off('error', this.#onError);
  }

  #writeEnd(): boolean {
    try {
      this.#socket.write(`0\r\n${trailerFields(this.#trailers?.() ?? [])}\r\n`, 'latin1');
      return true;
    } catch (error) {
      this.#fail('The trailers cannot be sent.', error);
      return false;
    }
  }

  readonly #onClose = (): void => this.#fail('The body ended early.');

  readonly #onError = (error: Error): void => this.#fail('The body could not be read.', error);

  #fail(message: string, cause?: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#owner.sourceFailed(message, cause);
  }
}
