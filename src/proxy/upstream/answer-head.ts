import { AnswerUnusable } from './faults.ts';
import { COLON, CR, IS_TEXT, IS_TOKEN, LF, SPACE, TAB } from './octets.ts';

/** Status line and fields of an answer, and what they say about where it ends. */
export interface AnswerHead {
  readonly status: number;
  readonly reason: string;
  /** Field names and values in turn, as they came, in their order. */
  readonly rawHeaders: string[];
  /** Value of Content-Length; -1 without one. */
  readonly length: number;
  readonly chunked: boolean;
  /** Whether the other side keeps the connection open, as far as this head says. */
  readonly persistent: boolean;
  /** How long the other side keeps an idle connection, from `Keep-Alive: timeout=`; -1 where it does not say. */
  readonly idleSeconds: number;
  /** Whether it names a protocol to change to, which a 101 has to. */
  readonly upgrade: boolean;
}

/** Field lines an answer may have at most; Node's own limit is 2000, real answers have about thirty. */
export const MAX_FIELDS = 200;

// "HTTP/1.1 200": version, space, three digits.
const STATUS_LINE_MIN = 12;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
// 'HTTP/1.'
const VERSION_START = Buffer.from('HTTP/1.');
// 15 digits stay below 2^53; nobody sends a petabyte.
const LENGTH = /^[0-9]{1,15}$/;
const KEEP_ALIVE_TIMEOUT = /(?:^|[,\s])timeout=([0-9]{1,9})(?:[,\s]|$)/i;

/**
 * Reads a head that is whole.
 *
 * Strict where a second reader could see another message: no bare CR or LF, no folded lines, no space before the colon, one
 * Content-Length of digits alone, `chunked` as the only transfer coding, never both.
 *
 * @param bytes  from `start` to `end`, which is after the empty line
 * @throws AnswerUnusable
 * @see RFC 9112 §4, §5, §6.3, §11.2
 */
export function parseAnswerHead(bytes: Buffer, start: number, end: number): AnswerHead {
  const minor = minorVersion(bytes, start, end);
  const status = statusCode(bytes, start);
  const text = bytes.toString('latin1', start, end);
  const reasonEnd = lineEnd(bytes, start + STATUS_LINE_MIN);
  const reason = text.slice(STATUS_LINE_MIN + 1, reasonEnd - start);

  const rawHeaders = parseFields(bytes, text, start, reasonEnd + 2, end - 2);

  return framed(status, reason, rawHeaders, minor);
}

/**
 * Field lines, as names and values in turn.
 *
 * @param bytes  holds the lines between `start` and `end`, each with its CRLF
 * @param text   the same bytes as Latin-1 from `base` on
 * @throws AnswerUnusable
 */
export function parseFields(bytes: Buffer, text: string, base: number, start: number, end: number): string[] {
  const fields: string[] = [];
  let at = start;
  while (at < end) {
    if (fields.length === MAX_FIELDS * 2) throw new AnswerUnusable('more header fields than anybody needs');
    const nameStart = at;
    while (IS_TOKEN[bytes[at] as number] === 1) at += 1;
    // Also: a folded line (it begins with a space), and a space before the colon.
    if (bytes[at] !== COLON || at === nameStart) throw new AnswerUnusable('a header field without a proper name');
    const name = text.slice(nameStart - base, at - base);
    at += 1;
    while (bytes[at] === SPACE || bytes[at] === TAB) at += 1;
    const valueStart = at;
    at = lineEnd(bytes, at);
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === TAB)) valueEnd -= 1;
    fields.push(name, text.slice(valueStart - base, valueEnd - base));
    at += 2;
  }
  return fields;
}

/** Where the CRLF of this line begins. */
function lineEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (IS_TEXT[bytes[at] as number] === 1) at += 1;
  if (bytes[at] !== CR || bytes[at + 1] !== LF) throw new AnswerUnusable('a control character, or a line that does not end in CRLF');
  return at;
}

function minorVersion(bytes: Buffer, start: number, end: number): 0 | 1 {
  if (end - start < STATUS_LINE_MIN + 4) throw new AnswerUnusable('no status line');
  for (let i = 0; i < VERSION_START.length; i += 1) {
    if (bytes[start + i] !== VERSION_START[i]) throw new AnswerUnusable('no status line of HTTP/1');
  }
  const minor = (bytes[start + 7] as number) - DIGIT_0;
  if ((minor !== 0 && minor !== 1) || bytes[start + 8] !== SPACE) throw new AnswerUnusable('another version than HTTP/1.1 and 1.0');
  return minor;
}

function statusCode(bytes: Buffer, start: number): number {
  let status = 0;
  for (let i = start + 9; i < start + STATUS_LINE_MIN; i += 1) {
    const byte = bytes[i] as number;
    if (byte < DIGIT_0 || byte > DIGIT_9) throw new AnswerUnusable('a status that is no number');
    status = status * 10 + byte - DIGIT_0;
  }
  // Some servers leave out the space that should stand before an empty reason.
  const next = bytes[start + STATUS_LINE_MIN];
  if (status < 100 || (next !== SPACE && next !== CR)) throw new AnswerUnusable('a status of other than three digits');
  return status;
}

/** What the fields say about the end of the message; lengths of names decide first, as most fields are of no interest. */
function framed(status: number, reason: string, fields: string[], minor: 0 | 1): AnswerHead {
  let length = -1;
  let chunked = false;
  let persistent = minor === 1;
  let idleSeconds = -1;
  let upgrade = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    switch (name.length) {
      case 7:
        if (name.toLowerCase() === 'upgrade') upgrade = true;
        break;
      case 10: {
        const lower = name.toLowerCase();
        if (lower === 'connection' && hasToken(value, 'close')) persistent = false;
        else if (lower === 'keep-alive') idleSeconds = Number(KEEP_ALIVE_TIMEOUT.exec(value)?.[1] ?? -1);
        break;
      }
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (length >= 0) throw new AnswerUnusable('two lengths');
        if (!LENGTH.test(value)) throw new AnswerUnusable('a length that is no number');
        length = Number(value);
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        // A coding that we did not ask for, or one inside the other, cannot be passed on with a known end.
        if (chunked || value.toLowerCase() !== 'chunked') throw new AnswerUnusable('a transfer coding other than chunked');
        chunked = true;
        break;
    }
  }
  if (chunked && length >= 0) throw new AnswerUnusable('both a length and a transfer coding');
  if (chunked && minor === 0) throw new AnswerUnusable('a transfer coding in HTTP/1.0');
  return { status, reason, rawHeaders: fields, length, chunked, persistent, idleSeconds, upgrade };
}

function hasToken(list: string, token: string): boolean {
  return list.length === token.length ? list.toLowerCase() === token : list.split(',').some((part) => part.trim().toLowerCase() === token);
}
