import { createHash } from 'node:crypto';
import type { FaxDocument } from '../../domain/fax.ts';
import { passedThrough } from '../../runtime/collect.ts';
import { DIGIT, FaxRefused } from './digit.ts';
import { nameDocument } from './file-name.ts';
import { SNIFFED_BYTES } from './file-types.ts';

// RingCentral "Sending faxes": "attachment size, both single and total".
const MOST_BYTES = 50 * 1024 * 1024;
// A fax has 200 pages at most.
const MOST_DOCUMENTS = 200;
const PIECE_BYTES = 64 * 1024;

/** A file for what does not fit in memory: sealed, without a name, gone when it is closed or the process ends. */
export interface PieceFile {
  append(piece: Buffer): Promise<void>;
  /** @param index  of the piece, from 0 */
  read(index: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** The documents of a form as they come: their bytes in a file, one behind the other, and of short ones in memory. */
export class Documents {
  readonly #openFile: () => Promise<PieceFile>;
  readonly #hash = createHash('sha256');
  readonly #list: FaxDocument[] = [];
  #file: PieceFile | undefined;
  #pieces = 0;
  #filling: Buffer | undefined;
  #filled = 0;
  #bytes = 0;
  #isClosed = false;

  constructor(openFile: () => Promise<PieceFile>) {
    this.#openFile = openFile;
  }

  get list(): readonly FaxDocument[] {
    return this.#list;
  }

  /** Takes one on. One that is empty does not count. */
  async add(sentName: string | undefined, content: AsyncIterable<Buffer>): Promise<void> {
    let head = Buffer.alloc(0);
    let bytes = 0;
    for await (const chunk of content) {
      if (head.length < SNIFFED_BYTES) head = Buffer.concat([head, chunk.subarray(0, SNIFFED_BYTES - head.length)]);
      // What PHP makes of a file whose upload is broken: the name of the file as the value.
      if (bytes === 0 && sentName === undefined && head[0] === AT) throw new FaxRefused('file_as_text', DIGIT.noDocuments);
      bytes += chunk.length;
      await this.#append(chunk);
    }
    if (bytes === 0) return;
    if (this.#list.length === MOST_DOCUMENTS) throw new FaxRefused('too_many_documents');
    this.#list.push({ ...nameDocument(sentName, head, this.#list.length + 1), bytes });
  }

  /** All bytes, from the beginning; once. */
  async *read(): AsyncGenerator<Buffer> {
    for (let index = 0; index < this.#pieces; index += 1) yield (await this.#file?.read(index)) ?? Buffer.alloc(0);
    if (this.#filling && this.#filled > 0) yield this.#filling.subarray(0, this.#filled);
  }

  /** Equal for equal bytes; nothing can be added after that. */
  digest(): string {
    return this.#hash.digest('base64url');
  }

  /** Lets all bytes go; what is still being added is not kept. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #append(chunk: Buffer): Promise<void> {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) throw new FaxRefused('too_long');
    this.#hash.update(chunk);
    // In pieces of one length: a body that comes in single bytes would else take a hundred times its size. And in one buffer:
    // fifty megabytes of them, each of its own, would all be there until they are collected.
    this.#filling ??= Buffer.allocUnsafe(PIECE_BYTES);
    for (let at = 0; at < chunk.length; ) {
      if (this.#filled === PIECE_BYTES) {
        this.#file ??= await this.#open();
        await this.#file.append(this.#filling);
        this.#pieces += 1;
        this.#filled = 0;
        passedThrough(PIECE_BYTES);
      }
      const taken = chunk.copy(this.#filling, this.#filled, at);
      this.#filled += taken;
      at += taken;
    }
  }

  async #open(): Promise<PieceFile> {
    const file = this.#isClosed ? undefined : await this.#openFile();
    if (!file || this.#isClosed) {
      await file?.close();
      throw new FaxRefused('let_go');
    }
    return file;
  }
}

const AT = '@'.charCodeAt(0);
