import { fieldOf } from '../../legacy/faxout/fields.ts';
import { type LegacyApi, legacyApiOf, queryOf } from '../../legacy/path.ts';

// Who pastes a request pastes its head within this; what follows is a document, and is not kept.
const HEAD_BYTES = 64 * 1024;

/** A request to an old interface, as somebody kept it. */
export interface OldRequest {
  readonly api: LegacyApi;
  /** Without `?`; each character one byte. */
  readonly query: string;
  /** Empty where it was not kept. */
  readonly contentType: string;
  readonly body: AsyncIterable<Buffer>;
}

/** What was given is no request to an old interface, as far as can be seen. */
export class NotAnOldRequest extends Error {}

/**
 * Recognizes an old request in whatever form it was kept: a URL, with or without scheme and method in front; a URL and its form
 * behind it; a whole HTTP request; a bare form, urlencoded or multipart.
 *
 * @throws NotAnOldRequest  it never says what was sent, which may hold a password
 */
export async function readOldRequest(source: AsyncIterable<Uint8Array>): Promise<OldRequest> {
  const { head, all } = await peek(source);
  const text = head.toString('latin1');
  const start = /^(?:\xef\xbb\xbf)?[\s"'<]*/.exec(text)?.[0].length ?? 0;
  const begun = text.slice(start);
  if (begun === '') throw new NotAnOldRequest('Nothing was given: give an old URL or form, as the argument or on standard input.');

  const boundary = /^--([^\r\n]{1,70})\r?\n/.exec(begun)?.[1];
  if (boundary !== undefined) {
    return { api: 'faxout', query: '', contentType: multipartType(boundary), body: withBreaks(skip(all, start), text) };
  }
  // `GET /ringout.asp?… HTTP/1.1`, a URL alone, or a URL whose form follows behind a line break.
  const line = /^(?:[A-Z]+[ \t]+)?([^\s"'>]*\.asp\/?(?:[?#][^\s"'>]*)?)["'>]?(?:[ \t]+(HTTP\/\S+))?[ \t]*(\r?\n|$)/i.exec(begun);
  if (line) return ofLine(line, begun, start, text, all);
  if (!/^[\w.%+[\]-]{1,80}=/.test(begun)) throw notUnderstood();
  const names = new URLSearchParams(begun);
  const isFax = [...names.keys()].some((name) => ['recipient', 'attachment', 'coverpage'].includes(fieldOf(name) ?? ''));
  return { api: isFax ? 'faxout' : 'ringout', query: '', contentType: '', body: skip(all, start) };
}

function ofLine(line: RegExpExecArray, begun: string, start: number, text: string, all: () => AsyncIterable<Buffer>): OldRequest {
  const [whole, url = '', version] = line;
  const api = apiOf(url);
  if (!api) throw notUnderstood();
  const headed = version === undefined ? undefined : /^(?:[^\r\n]+\r?\n)*\r?\n/.exec(begun.slice(whole.length));
  const fields = headed?.[0] ?? '';
  const given = /^content-type:[ \t]*([^\r\n]*)/im.exec(fields)?.[1] ?? '';
  const rest = begun.slice(whole.length + fields.length);
  const blank = version === undefined ? (/^\s*/.exec(rest)?.[0].length ?? 0) : 0;
  const boundary = /^--([^\r\n]{1,70})\r?\n/.exec(rest.slice(blank))?.[1];
  const body = skip(all, start + whole.length + fields.length + blank);
  const contentType = given === '' && boundary !== undefined ? multipartType(boundary) : given;
  // Without an empty line behind them these are headers, and no body.
  if (version !== undefined && !headed) return { api, query: queryOf(url), contentType: '', body: nothing() };
  return { api, query: queryOf(url), contentType, body: /^multipart\//i.test(contentType) ? withBreaks(body, text) : body };
}

// In front may stand a host without a scheme, or `/k/` and a gateway key.
function apiOf(url: string): LegacyApi | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return legacyApiOf(`/${path.replace(/\/$/, '').split('/').at(-1) ?? ''}`);
}

function multipartType(boundary: string): string {
  return `multipart/form-data; boundary="${boundary.trim().replace(/["\\]/g, '')}"`;
}

function notUnderstood(): NotAnOldRequest {
  return new NotAnOldRequest(
    'This is no request to ringout.asp or faxapi.asp: give a URL such as https://service.ringcentral.com/ringout.asp?cmd=list, a form such as cmd=call&to=6505551230, or a whole HTTP request.',
  );
}

/** The beginning of a source, and all of it, once. */
async function peek(source: AsyncIterable<Uint8Array>): Promise<{ readonly head: Buffer; readonly all: () => AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const all = async function* () {
    yield head;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield Buffer.from(value);
    }
  };
  return { head, all };
}

async function* skip(all: () => AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of all()) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}

/** A multipart body with the line breaks it must have: who pastes one has often lost them. */
async function* withBreaks(body: AsyncIterable<Buffer>, head: string): AsyncGenerator<Buffer> {
  const hasThem = head.includes('\r\n');
  for await (const chunk of body) yield hasThem ? chunk : Buffer.from(chunk.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

async function* nothing(): AsyncGenerator<Buffer> {}
