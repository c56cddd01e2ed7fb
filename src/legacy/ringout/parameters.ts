import { Buffer, isAscii, isUtf8 } from 'node:buffer';

/** What an old program may send to `ringout.asp`, by its documented name in lower case; absent ones were not sent. */
export interface RingOutParameters {
  readonly cmd?: string;
  readonly username?: string;
  readonly ext?: string;
  readonly password?: string;
  readonly to?: string;
  readonly from?: string;
  readonly clid?: string;
  readonly prompt?: string;
  readonly sessionid?: string;
  /** `html`: the status as a page. */
  readonly format?: string;
  /** The style sheet of that page. */
  readonly css?: string;
}

type Name = keyof RingOutParameters;

// The documented names, and others that programs were seen to send, or are likely to send, for the same thing.
const NAMES: ReadonlyMap<string, Name> = new Map<string, Name>([
  ['cmd', 'cmd'],
  ['username', 'username'],
  ['ext', 'ext'],
  ['extension', 'ext'],
  ['password', 'password'],
  ['to', 'to'],
  ['from', 'from'],
  ['clid', 'clid'],
  ['callerid', 'clid'],
  ['prompt', 'prompt'],
  ['sessionid', 'sessionid'],
  ['session_id', 'sessionid'],
  ['format', 'format'],
  ['css', 'css'],
]);

/**
 * Reads the parameters of a query string and a form body as classic ASP did: names in any case, the query before the
 * body, the first value of a repeated name; names it does not know are ignored.
 *
 * Nothing is refused: a broken percent escape stays as it is, and bytes that are not UTF-8 are taken as Latin-1. The
 * time is linear in the length, whatever the number of parameters.
 *
 * @param query  without `?`; each character stands for one byte
 * @param body   the form body, each character one byte; a line break at its end is no part of it
 */
export function readParameters(query: string, body = ''): RingOutParameters {
  const found: { -readonly [Known in Name]?: string } = {};
  collect(query, found);
  collect(body.replace(/[\r\n]{1,4}$/, ''), found);
  return found;
}

function collect(form: string, found: { -readonly [Known in Name]?: string }): void {
  for (const pair of form.split('&')) {
    const equals = pair.indexOf('=');
    const name = NAMES.get(decode(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase());
    if (name === undefined || found[name] !== undefined) continue;
    found[name] = equals < 0 ? '' : decode(pair.slice(equals + 1));
  }
}

function decode(text: string): string {
  // Most names and values need none of what follows, and a body may hold hundreds of thousands of them.
  if (!/[%+\u0080-\u00ff]/.test(text)) return text;
  const bytes = text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const raw = Buffer.from(bytes, 'latin1');
  return !isAscii(raw) && isUtf8(raw) ? raw.toString('utf8') : bytes;
}
