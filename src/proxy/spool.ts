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
 * Whoever asks anew gets what has passed already, and then what is still coming. The reader before may be left in the midst of
 * waiting for a piece, which then belongs to both.
 */
export class Spool {
  readonly #source: AsyncIterator<Buffer>;
  readonly #room: SpoolRoom;
  readonly #pieces: Buffer[] = [];
  #memoryBytes = 0;
  #bytes = 0;
  #file: SpoolFile | undefined;
  /** Pieces that have come. */
  #passed = 0;
  /** The piece that is being waited for: nothing where the body is over. */
  #coming: Promise<Buffer | undefined> | undefined;
  #ended = false;
  #incomplete = false;
  #dropped = false;

  constructor(source: AsyncIterator<Buffer>, room: SpoolRoom) {
    this.#source = source;
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
      const isKept = index < this.#passed;
      const piece = isKept ? await this.#kept(index) : await this.#come();
      // It was let go meanwhile: a body that ends here would pass for whole.
      if (isKept && !piece) throw new TypeError('the body is no longer kept');
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

  #come(): Promise<Buffer | undefined> {
    this.#coming ??= this.#next().then((piece) => {
      // Together: whoever asks next gets the next piece.
      this.#coming = undefined;
      if (piece) this.#passed += 1;
      return piece;
    });
    return this.#coming;
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
    this.#file ??= await this.#open();
    await this.#file?.append(piece);
  }

  /** @returns nothing where all was let go meanwhile */
  async #open(): Promise<SpoolFile | undefined> {
    const file = await SpoolFile.open(this.#room.folder);
    if (!this.#dropped) return file;
    await file.close();
    return undefined;
  }
}
