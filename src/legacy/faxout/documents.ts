import { createHash } from 'node:crypto';
import type { FaxDocument } from '../../domain/fax.ts';
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
  #filling = Buffer.alloc(0);
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
    if (this.#filling.length > 0) yield this.#filling;
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
    // In pieces of one length: a body that comes in single bytes would else take a hundred times its size.
    let all = this.#filling.length === 0 ? chunk : Buffer.concat([this.#filling, chunk]);
    while (all.length > PIECE_BYTES) {
      this.#file ??= await this.#open();
      await this.#file.append(all.subarray(0, PIECE_BYTES));
      this.#pieces += 1;
      all = all.subarray(PIECE_BYTES);
    }
    this.#filling = Buffer.from(all);
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
