import type { Socket } from 'node:net';

// A caller waits for the answer before it speaks the other protocol; whoever does not is not read any further.
const MOST_BYTES = 64 * 1024;

/**
 * What a caller sends before the platform has agreed to change.
 *
 * Node has let go of its connection, and on one that nobody reads it does not show that the caller has gone.
 */
export class EarlyBytes {
  readonly #caller: Socket;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(caller: Socket, first: Buffer) {
    this.#caller = caller;
    this.#keep(first);
    caller.on('data', this.#keep);
    caller.on('end', this.#gone);
  }

  /** All of it. From now on the caller is somebody else's to read. */
  take(): Buffer {
    this.#caller.off('data', this.#keep);
    this.#caller.off('end', this.#gone);
    this.#caller.pause();
    return Buffer.concat(this.#pieces);
  }

  readonly #keep = (piece: Buffer): void => {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes > MOST_BYTES) this.#caller.pause();
  };

  readonly #gone = (): void => {
    this.#caller.destroy();
  };
}
