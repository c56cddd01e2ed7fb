import { type AnswerHead, parseAnswerHead, parseFields } from './answer-head.ts';
import { AnswerUnusable } from './faults.ts';
import { CR, HEX_VALUE, IS_TEXT, LF, SEMICOLON, SPACE, TAB } from './octets.ts';

/** Who is told what an answer consists of, in the order of the bytes. */
export interface AnswerSink {
  /** 1xx other than 101. */
  information(head: AnswerHead): void;
  head(head: AnswerHead): void;
  data(chunk: Buffer): void;
  trailers(fields: readonly string[]): void;
}

/** What the request was, as far as it decides where the answer ends. */
export interface Asked {
  /** The method was HEAD: whatever the lengths say, there is no body. */
  readonly bodiless: boolean;
  /** A 101 is what was asked for. */
  readonly upgrade: boolean;
}

/** Bytes of a head, or of trailers, at most. */
const MAX_HEAD_BYTES = 64 * 1024;
// A server says 100, 102 or 103 once or twice; each costs us a callback.
const MAX_INFORMATION = 16;
// Size and extensions of one chunk. Nobody uses extensions; a byte of data in kilobytes of them would be work for nothing.
const MAX_CHUNK_LINE = 256;
// 13 hexadecimal digits stay below 2^53.
const MAX_SIZE_DIGITS = 13;
const HEAD_END = Buffer.from('\r\n\r\n');
const FIRST_ROOM = 1024;

// What the next byte belongs to.
const HEAD = 0;
const LENGTH_BODY = 1;
const CLOSE_BODY = 2;
const CHUNK_SIZE = 3;
const CHUNK_EXTENSION = 4;
const CHUNK_SIZE_LF = 5;
const CHUNK_DATA = 6;
const CHUNK_DATA_CR = 7;
const CHUNK_DATA_LF = 8;
const TRAILERS = 9;
const DONE = 10;
const UPGRADED = 11;

/**
 * Reads the answers of one connection, one after the other, from packets torn anywhere.
 *
 *     HEAD → (1xx) HEAD
 *          → LENGTH_BODY → DONE
 *          → CLOSE_BODY  → DONE when the other side closes
 *          → CHUNK_SIZE → CHUNK_EXTENSION? → CHUNK_SIZE_LF → CHUNK_DATA → CHUNK_DATA_CR → CHUNK_DATA_LF → CHUNK_SIZE
 *                                                          → TRAILERS → DONE
 *          → UPGRADED
 *
 * @see RFC 9112 §6.3, §7.1
 */
export class AnswerReader {
  #state = DONE;
  #asked: Asked = { bodiless: false, upgrade: false };
  #left = 0;
  #line = 0;
  #digits = 0;
  #informations = 0;
  #empty = false;
  // A head, or trailers, of which only a part has come.
  #held: Buffer | undefined;
  #heldBytes = 0;

  /** Whether the answer is whole. */
  get done(): boolean {
    return this.#state === DONE;
  }

  /** Whether a 101 ended HTTP on this connection. */
  get upgraded(): boolean {
    return this.#state === UPGRADED;
  }

  /** Makes ready for the answer to the next request. */
  begin(asked: Asked): void {
    this.#state = HEAD;
    this.#asked = asked;
    this.#informations = 0;
    this.#empty = false;
    this.#heldBytes = 0;
  }

  /**
   * Takes the next bytes.
   *
   * @returns how many belong to this answer; the others are nobody's
   * @throws AnswerUnusable  the connection is of no more use
   */
  read(bytes: Buffer, sink: AnswerSink): number {
    let at = 0;
    while (at < bytes.length && this.#state < DONE) at = this.#step(bytes, at, sink);
    return at;
  }

  /**
   * The other side has said that it sends no more.
   *
   * @returns whether the answer is whole by that
   */
  finish(): boolean {
    if (this.#state === CLOSE_BODY) this.#state = DONE;
    return this.#state === DONE;
  }

  #step(bytes: Buffer, at: number, sink: AnswerSink): number {
    switch (this.#state) {
      case HEAD:
        return this.#readHead(bytes, at, sink);
      case LENGTH_BODY:
      case CHUNK_DATA:
        return this.#readCounted(bytes, at, sink);
      case CLOSE_BODY:
        sink.data(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      case TRAILERS:
        return this.#readTrailers(bytes, at, sink);
      default:
        return this.#readChunkFrame(bytes, at);
    }
  }

  #readHead(bytes: Buffer, at: number, sink: AnswerSink): number {
    if (this.#heldBytes === 0) {
      const found = bytes.indexOf(HEAD_END, at);
      if (found >= 0 && found - at <= MAX_HEAD_BYTES) {
        this.#tookHead(parseAnswerHead(bytes, at, found + HEAD_END.length), sink);
        return found + HEAD_END.length;
      }
    }
    const next = this.#hold(bytes, at, 4);
    const held = this.#held as Buffer;
    checkBeginning(held, this.#heldBytes);
    if (next < 0) return bytes.length;
    const size = this.#heldBytes;
    this.#heldBytes = 0;
    this.#tookHead(parseAnswerHead(held, 0, size), sink);
    return next;
  }

  #tookHead(head: AnswerHead, sink: AnswerSink): void {
    if (head.status === 101) {
      if (!this.#asked.upgrade || !head.upgrade) throw new AnswerUnusable('a change of protocol that nobody asked for');
      this.#state = UPGRADED;
      sink.head(head);
      return;
    }
    if (head.status < 200) {
      this.#informations += 1;
      if (this.#informations > MAX_INFORMATION) throw new AnswerUnusable('no end of interim answers');
      if (head.length > 0 || head.chunked) throw new AnswerUnusable('an interim answer with a body');
      sink.information(head);
      return;
    }
    this.#frameBody(head);
    sink.head(head);
  }

  /** Decides where the body ends: RFC 9112 §6.3. */
  #frameBody({ status, length, chunked }: AnswerHead): void {
    if (this.#asked.bodiless || status === 304) {
      this.#state = DONE;
      return;
    }
    if (status === 204 || status === 205) {
      if (length > 0 || (chunked && status === 204)) throw new AnswerUnusable(`a ${status} with a body`);
      this.#empty = true;
      this.#state = chunked ? CHUNK_SIZE : DONE;
    } else if (chunked) {
      this.#state = CHUNK_SIZE;
    } else {
      this.#left = length;
      this.#state = length > 0 ? LENGTH_BODY : length === 0 ? DONE : CLOSE_BODY;
    }
    this.#line = 0;
    this.#digits = 0;
    if (chunked) this.#left = 0;
  }

  #readCounted(bytes: Buffer, at: number, sink: AnswerSink): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = this.#state === CHUNK_DATA ? CHUNK_DATA_CR : DONE;
    sink.data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    return end;
  }

  /** One byte of what stands around the data of a chunk. */
  #readChunkFrame(bytes: Buffer, at: number): number {
    const byte = bytes[at] as number;
    switch (this.#state) {
      case CHUNK_SIZE:
        this.#readSize(byte);
        break;
      case CHUNK_EXTENSION:
        if (byte === CR) this.#state = CHUNK_SIZE_LF;
        else if (IS_TEXT[byte] === 0) throw new AnswerUnusable('a control character in a chunk extension');
        break;
      case CHUNK_SIZE_LF:
        if (byte !== LF) throw new AnswerUnusable('a chunk size that does not end in CRLF');
        this.#tookSize();
        break;
      case CHUNK_DATA_CR:
        if (byte !== CR) throw new AnswerUnusable('a chunk longer than its size');
        this.#state = CHUNK_DATA_LF;
        break;
      default:
        if (byte !== LF) throw new AnswerUnusable('a chunk that does not end in CRLF');
        this.#state = CHUNK_SIZE;
        this.#line = 0;
        this.#digits = 0;
    }
    this.#line += 1;
    if (this.#line > MAX_CHUNK_LINE) throw new AnswerUnusable('a chunk extension longer than anybody needs');
    return at + 1;
  }

  #readSize(byte: number): void {
    const value = HEX_VALUE[byte] as number;
    if (value < 16) {
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) throw new AnswerUnusable('a chunk size of too many digits');
      this.#left = this.#left * 16 + value;
      return;
    }
    if (this.#digits === 0) throw new AnswerUnusable('a chunk without a size');
    if (byte === CR) this.#state = CHUNK_SIZE_LF;
    else if (byte === SEMICOLON || byte === SPACE || byte === TAB) this.#state = CHUNK_EXTENSION;
    else throw new AnswerUnusable('a chunk size that is no number');
  }

  #tookSize(): void {
    if (this.#left === 0) {
      this.#state = TRAILERS;
      return;
    }
    if (this.#empty) throw new AnswerUnusable('a 205 with a body');
    this.#state = CHUNK_DATA;
  }

  #readTrailers(bytes: Buffer, at: number, sink: AnswerSink): number {
    const next = this.#hold(bytes, at, 2);
    if (next < 0) return bytes.length;
    const held = this.#held as Buffer;
    const size = this.#heldBytes;
    this.#heldBytes = 0;
    this.#state = DONE;
    if (size === 2) return next;
    const fields = parseFields(held, held.toString('latin1', 0, size), 0, 0, size - 2);
    for (let i = 0; i < fields.length; i += 2) {
      if (/^(?:content-length|transfer-encoding)$/i.test(fields[i] as string)) throw new AnswerUnusable('a length among the trailers');
    }
    sink.trailers(fields);
    return next;
  }

  /**
   * Keeps bytes until an empty line is among them.
   *
   * @param shortest  2: the empty line may stand at the very beginning; 4: not
   * @returns where the bytes after the empty line begin in `bytes`; -1 while it has not come
   */
  #hold(bytes: Buffer, at: number, shortest: 2 | 4): number {
    const before = this.#heldBytes;
    const taken = Math.min(bytes.length - at, MAX_HEAD_BYTES + HEAD_END.length - before);
    this.#held = withRoom(this.#held, before, before + taken);
    bytes.copy(this.#held, before, at, at + taken);
    this.#heldBytes = before + taken;
    const end = emptyLineEnd(this.#held, before, this.#heldBytes, shortest);
    checkLines(this.#held, before, end < 0 ? this.#heldBytes : end);
    if (end >= 0) {
      this.#heldBytes = end;
      return at + end - before;
    }
    if (this.#heldBytes > MAX_HEAD_BYTES) throw new AnswerUnusable('a head longer than 64 KiB');
    return -1;
  }
}

/** Where the first empty line ends, looking only at what is new. */
function emptyLineEnd(held: Buffer, before: number, size: number, shortest: 2 | 4): number {
  if (shortest === 2 && size >= 2 && held[0] === CR && held[1] === LF) return 2;
  const found = held.subarray(0, size).indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
  return found < 0 ? -1 : found + HEAD_END.length;
}

/** Doubles, so that a head that comes byte by byte is not copied as often as it has bytes. */
function withRoom(held: Buffer | undefined, used: number, needed: number): Buffer {
  if (held !== undefined && held.length >= needed) return held;
  const roomier = Buffer.allocUnsafeSlow(Math.max(FIRST_ROOM, needed, (held?.length ?? 0) * 2));
  held?.copy(roomier, 0, 0, used);
  return roomier;
}

const BEGINNING = Buffer.from('HTTP/1.');

/** Tells at once what can never become a head: waiting for its end would only tell after the time is over. */
function checkBeginning(held: Buffer, size: number): void {
  for (let i = 0; i < Math.min(size, BEGINNING.length); i += 1) {
    if (held[i] !== BEGINNING[i]) throw new AnswerUnusable('no status line of HTTP/1');
  }
}

/** Tells at once of a line whose end never comes. */
function checkLines(held: Buffer, from: number, size: number): void {
  for (let at = held.indexOf(LF, from); at >= 0 && at < size; at = held.indexOf(LF, at + 1)) {
    if (at === 0 || held[at - 1] !== CR) throw new AnswerUnusable('a line that does not end in CRLF');
  }
}
