import { FaxRefused } from './digit.ts';
import type { FormFields } from './form-fields.ts';

const LONGEST_NAME = 256;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * Reads an `application/x-www-form-urlencoded` body, each value as it comes: a value may be a whole document.
 *
 * A broken percent escape stays as it is; a line break at the end of the body is no part of it.
 *
 * @throws FaxRefused  more than a fax has
 */
export async function readUrlencoded(body: AsyncIterable<Buffer>, fields: FormFields): Promise<void> {
  const pieces = new Pieces(withoutLastBreak(body)[Symbol.asyncIterator]());
  while (!(await pieces.isOver())) {
    const name = await pieces.readName();
    await fields.take(name, undefined, pieces.readValue());
    await pieces.skipValue();
  }
}

/** The body, cut at the next separator wherever it stands in the chunks. */
class Pieces {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #ended = false;
  #inValue = false;

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  async isOver(): Promise<boolean> {
    while (this.#chunk.length === 0 && !this.#ended) {
      const { done, value } = await this.#source.next();
      if (done) this.#ended = true;
      else this.#chunk = value;
    }
    return this.#chunk.length === 0;
  }

  async readName(): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    for (;;) {
      if (await this.isOver()) break;
      const end = this.#chunk.findIndex((byte) => byte === EQUALS || byte === AMPERSAND);
      const piece = this.#take(end < 0 ? this.#chunk.length : end);
      length += piece.length;
      if (length > LONGEST_NAME) throw new FaxRefused('name_too_long');
      chunks.push(piece);
      if (end < 0) continue;
      this.#inValue = this.#take(1)[0] === EQUALS;
      break;
    }
    return decodeAll(Buffer.concat(chunks));
  }

  /** Decoded. */
  async *readValue(): AsyncGenerator<Buffer> {
    const decoder = new Decoder();
    while (this.#inValue && !(await this.isOver())) {
      const end = this.#chunk.indexOf(AMPERSAND);
      yield decoder.decode(this.#take(end < 0 ? this.#chunk.length : end));
      if (end >= 0) {
        this.#take(1);
        this.#inValue = false;
      }
    }
    this.#inValue = false;
    yield decoder.end();
  }

  /** What of it nobody wanted to read. */
  async skipValue(): Promise<void> {
    for await (const _ of this.readValue());
  }

  #take(length: number): Buffer {
    const taken = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return taken;
  }
}

/** Decodes a text whose escapes may be torn. */
class Decoder {
  #held: Buffer = Buffer.alloc(0);

  decode(chunk: Buffer): Buffer {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const torn = bytes.subarray(-2).lastIndexOf(PERCENT);
    const end = torn < 0 ? bytes.length : Math.max(0, bytes.length - 2) + torn;
    this.#held = Buffer.from(bytes.subarray(end));
    return unescaped(bytes.subarray(0, end));
  }

  end(): Buffer {
    return unescaped(this.#held);
  }
}

function decodeAll(bytes: Buffer): string {
  return unescaped(bytes).toString('latin1');
}

function unescaped(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const hex = byte === PERCENT ? bytes.toString('latin1', at + 1, at + 3) : '';
    const isEscape = /^[0-9a-f]{2}$/i.test(hex);
    decoded[length] = isEscape ? Number.parseInt(hex, 16) : byte === PLUS ? SPACE : byte;
    length += 1;
    if (isEscape) at += 2;
  }
  return decoded.subarray(0, length);
}

async function* withoutLastBreak(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    const [breaks = ''] = /[\r\n]{0,4}$/.exec(bytes.toString('latin1', Math.max(0, bytes.length - 4))) ?? [];
    held = Buffer.from(bytes.subarray(bytes.length - breaks.length));
    if (bytes.length > breaks.length) yield bytes.subarray(0, bytes.length - breaks.length);
  }
}
