const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_NAME = METHOD;
// Latin-1 without controls. Characters above U+00FF would lose their upper byte on the way, and U+010A become a line feed.
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const PATH = /^\/[\x21-\x22\x24-\x7e]*$/;
// Names that passed once; the same few dozen come in every request.
const NAMES_KEPT = 1_000;
const knownNames = new Set<string>();

/** What a request line and its fields are made of. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, as they go on the wire. */
  readonly path: string;
  /** Names and values in turn, without those that the connection owns; see `isOurs`. */
  readonly headers: readonly string[];
}

/** Where the request's body ends: no body; of so many bytes; in chunks. */
export type RequestFraming = 'none' | number | 'chunked';

/**
 * The head of a request as Latin-1 text, with the empty line.
 *
 * @param host     for the Host field
 * @param upgrade  protocol that is asked for
 * @throws TypeError  CR, LF, NUL or anything else that would make more of the message than one head, or a field that is not the caller's to set
 * @see RFC 9112 §3, §5.1, §11.1; RFC 9110 §5.5
 */
export function requestHead({ method, path, headers }: RequestHead, host: string, framing: RequestFraming, expectContinue: boolean, upgrade?: string): string {
  if (!METHOD.test(method) || method === 'CONNECT') throw new TypeError('The method is not one that can be sent.');
  if (!PATH.test(path) && !(method === 'OPTIONS' && path === '*')) throw new TypeError('The path holds what cannot stand in a request line.');
  if (headers.length % 2 !== 0) throw new TypeError('Header names and values do not come in pairs.');

  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (!knownNames.has(name)) checkName(name);
    if (NOT_IN_VALUE.test(value)) throw new TypeError(`The header ${name} holds what cannot stand in a header.`);
    head += `${name}: ${value}\r\n`;
  }
  if (upgrade !== undefined) {
    if (upgrade === '' || NOT_IN_VALUE.test(upgrade)) throw new TypeError('The protocol to change to is not a name.');
    head += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  }
  if (expectContinue) head += 'Expect: 100-continue\r\n';
  return `${head}${framingField(method, framing)}\r\n`;
}

/** RFC 9110 §8.6: methods for which a body is to be expected say that there is none. */
function framingField(method: string, framing: RequestFraming): string {
  if (framing === 'chunked') return 'Transfer-Encoding: chunked\r\n';
  if (framing !== 'none') return `Content-Length: ${framing}\r\n`;
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'Content-Length: 0\r\n' : '';
}

function checkName(name: string): void {
  if (!FIELD_NAME.test(name)) throw new TypeError('A header has a name that cannot stand in a head.');
  if (isOurs(name)) throw new TypeError(`The header ${name} is the connection's, not the caller's.`);
  if (knownNames.size < NAMES_KEPT) knownNames.add(name);
}

/**
 * Whether a field says something about this one connection or the message's framing, and is therefore set here and nowhere else.
 *
 * @see RFC 9110 §7.6.1
 */
export function isOurs(name: string): boolean {
  switch (name.length) {
    case 2:
    case 4:
    case 6:
    case 7:
    case 10:
    case 14:
    case 16:
    case 17:
      return OURS.has(name.toLowerCase());
    default:
      return false;
  }
}

const OURS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'expect',
  'content-length',
  'transfer-encoding',
]);

/**
 * Trailer fields of a body in chunks, as text.
 *
 * @throws TypeError  as for a head
 */
export function trailerFields(fields: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    if (!knownNames.has(name)) checkName(name);
    if (NOT_IN_VALUE.test(value)) throw new TypeError(`The trailer ${name} holds what cannot stand in a header.`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}
