/** An old web interface that is answered here. */
export type LegacyApi = 'ringout' | 'faxout';

const PATHS: Readonly<Record<string, LegacyApi>> = { '/ringout.asp': 'ringout', '/faxapi.asp': 'faxout', '/faxout.asp': 'faxout' };
// Every character of the longest path written as `%72`, and a slash. Most requests are not ours: they are let go here.
const LONGEST_PATH = 3 * '/ringout.asp/'.length;
const MAY_BE_OURS = /\.asp|%/i;

/**
 * Which old interface a request target names, if any.
 *
 * The old server knew no difference of case; percent escapes and one slash at the end do not count either.
 *
 * @param target  as the request line has it: path and query, or with scheme and host in front
 */
export function legacyApiOf(target: string): LegacyApi | undefined {
  if (!MAY_BE_OURS.test(target)) return undefined;
  const path = pathOf(target);
  if (path.length > LONGEST_PATH) return undefined;
  const name = unescaped(path).toLowerCase().replace(/\/$/, '');
  return Object.hasOwn(PATHS, name) ? PATHS[name] : undefined;
}

/** The query of a request target, without `?`; empty where there is none. */
export function queryOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark + 1);
}

function pathOf(target: string): string {
  const start = target.startsWith('/') ? 0 : target.replace(/^(https?:\/\/[^/?#]*).*$/is, '$1').length;
  const length = target.slice(start).search(/[?#]/);
  return length < 0 ? target.slice(start) : target.slice(start, start + length);
}

function unescaped(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
