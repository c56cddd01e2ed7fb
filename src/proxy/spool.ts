import type { Readable } from 'node:stream';
import { SpoolFile } from './spool-file.ts';

/** How much of the bodies under way may be kept. */
export interface SpoolBounds {
  /** Of one body, in memory and file together; a longer one cannot be sent a second time. */
  readonly bodyBytes: number;
  /** Of one body, in memory. */
  readonly memoryBytes: number;
  /** Of all bodies, in memory. */
  readonly allMemoryBytes: number;
}

/** What all bodies under way share. */
export class SpoolRoom {
  readonly bounds: SpoolBounds;
  readonly folder: string;
  #taken = 0;

  /** @param folder  for what does not fit in memory; nothing of it can be read afterwards */
  constructor(bounds: SpoolBounds, folder: string) {
    this.bounds = bounds;
    this.folder = folder;
  }

  take(bytes: number): boolean {
    if (this.#taken + bytes > this.bounds.allMemoryBytes) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

/**
 * A body that streams through and can be sent once more from its beginning, as long as it is not longer than is kept.
 *
 * One reader at a time: whoever asks anew gets what has passed already, and then what is still coming.
 */
export class Spool {
  readonly #source: AsyncIterator<Buffer>;
  readonly #room: SpoolRoom;
  readonly #pieces: Buffer[] = [];
  #memoryBytes = 0;
  #bytes = 0;
  #file: SpoolFile | undefined;
  #filed = 0;
  #ended = false;
  #incomplete = false;
  #dropped = false;

  constructor(source: Readable, room: SpoolRoom) {
    this.#source = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#room = room;
  }

  /** Whether it can be sent from its beginning. */
  get repeatable(): boolean {
    return !this.#incomplete && !this.#dropped;
  }

  /** The body from its beginning. */
  async *read(): AsyncGenerator<Buffer> {
    if (!this.repeatable) throw new TypeError('the body is not kept');
    for (let index = 0; ; index += 1) {
      const piece = index < this.#pieces.length + this.#filed ? await this.#kept(index) : await this.#next();
      if (!piece) return;
      yield piece;
    }
  }

  /** It is not sent a second time: what was kept is let go, and what still comes is not kept. */
  async drop(): Promise<void> {
    this.#dropped = true;
    this.#pieces.length = 0;
    this.#room.give(this.#memoryBytes);
    this.#memoryBytes = 0;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #kept(index: number): Promise<Buffer | undefined> {
    return this.#pieces[index] ?? this.#file?.read(index - this.#pieces.length);
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#ended) return undefined;
    const { done, value } = await this.#source.next();
    if (done) {
      this.#ended = true;
      return undefined;
    }
    await this.#keep(value);
    return value;
  }

  async #keep(piece: Buffer): Promise<void> {
    if (!this.repeatable) return;
    this.#bytes += piece.length;
    if (this.#bytes > this.#room.bounds.bodyBytes) {
      this.#incomplete = true;
      return this.drop();
    }
    const fits = !this.#file && this.#memoryBytes + piece.length <= this.#room.bounds.memoryBytes && this.#room.take(piece.length);
    if (fits) {
      this.#memoryBytes += piece.length;
      this.#pieces.push(piece);
      return;
    }
    this.#file ??= await SpoolFile.open(this.#room.folder);
    await this.#file.append(piece);
    this.#filed += 1;
  }
}
