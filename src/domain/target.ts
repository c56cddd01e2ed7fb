/** What a request line asks for, in the one way in which it can be read. */
export interface Target {
  /** Begins with one slash; what needs no percent-encoding has none. It is what a Policy judges and what is sent on. */
  readonly path: string;
  /** As it came, for a log that hides nothing; never sent on. */
  readonly rawPath: string;
  /** Behind the `?`, with bytes beyond ASCII percent-encoded; nothing where there is no `?`. */
  readonly query: string | undefined;
}

/** Why a request line is not read. */
export interface UnreadableTarget {
  /** For a person; it repeats nothing of what was sent. */
  readonly refusal: string;
}

// RFC 3986 §3.3: `pchar` without what means something else to some server: `;` begins parameters that Java servers cut off.
// The whole of a path that is well, since most are: no empty segment but the last, no dot segment.
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9\-._~!$&'()*+,=:@%]+)*\/?$/;
const SEGMENT_CHARACTERS = /^[A-Za-z0-9\-._~!$&'()*+,=:@%]*$/;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
// Decoded they would end a segment, a path, a text or an escape, for servers that decode once more than others.
const AMBIGUOUS = /[/\\;?#%\p{Cc}]/u;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
const QUERY_UNFIT = /[\u0000-\u0020\u007f#\u0100-\uffff]/;

/**
 * Reads a request target so that whoever reads it later, however often it decodes, sees the same path.
 *
 * Nothing is put right: dot segments, empty segments, backslashes, path parameters, encoded delimiters, escapes of escapes,
 * text that is not UTF-8, and every form but `/path?query` are refused. Only escapes that were not needed are undone
 * (`%7E` is `~`), which RFC 3986 §6.2.2.2 has mean the same. One slash at the end stays.
 *
 * @param url  as node:http gives it: bytes beyond ASCII are characters up to U+00FF
 * @see RFC 9112 §3.2; RFC 3986 §3.3, §6.2.2
 */
export function readTarget(url: string): Target | UnreadableTarget {
  if (!url.startsWith('/')) return { refusal: 'it does not begin with a slash' };
  const mark = url.indexOf('?');
  const rawPath = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? undefined : url.slice(mark + 1);
  if (rawPath.includes('#') || (query !== undefined && QUERY_UNFIT.test(query))) return { refusal: 'it has a fragment, a space or a control character' };

  if (!rawPath.includes('%')) {
    const refusal = pathFault(rawPath);
    return refusal === undefined ? { path: rawPath, rawPath, query: encodeBytes(query) } : { refusal };
  }
  const path = rawPath.replace(ESCAPE, undoNeedless);
  const refusal = pathFault(path) ?? escapeFault(path);
  return refusal === undefined ? { path, rawPath, query: encodeBytes(query) } : { refusal };
}

function undoNeedless(escaped: string, digits: string): string {
  const character = String.fromCharCode(Number.parseInt(digits, 16));
  return UNRESERVED.test(character) ? character : escaped.toUpperCase();
}

function pathFault(path: string): string | undefined {
  if (PLAIN_PATH.test(path)) return undefined;
  const segments = path.split('/');
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index] ?? '';
    if (segment === '' && index < segments.length - 1) return 'its path has an empty segment';
    if (segment === '.' || segment === '..') return 'its path has a dot segment';
    if (!SEGMENT_CHARACTERS.test(segment)) return 'its path has a character that must be percent-encoded, or that servers read in different ways';
  }
  return undefined;
}

function escapeFault(path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return 'its path is not percent-encoded UTF-8';
  }
  // What looks like a delimiter to a server that folds characters (a full-width slash) counts as one. Slashes that were not
  // encoded are the only ones there may be.
  const folded = decoded.normalize('NFKC');
  if (folded.split('/').length !== path.split('/').length) return 'its path has an encoded slash';
  if (folded.split('/').some((segment) => AMBIGUOUS.test(segment) || segment === '.' || segment === '..')) {
    return 'its path has an encoded delimiter, an escape of an escape or a control character';
  }
  return undefined;
}

// Programs send queries in UTF-8 or Latin-1 without encoding them. Byte by byte it stays what it was.
function encodeBytes(query: string | undefined): string | undefined {
  return query?.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
