/** Headers as they came: name, value, name, value. */
export type RawHeaders = readonly string[];

// RFC 9110 §7.6.1, and what older programs send in its place.
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
]);
// Who the caller is, and from where it came, is between the caller and this gateway.
const CALLERS_OWN: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2', 'host', 'forwarded', 'x-real-ip', 'via', 'expect', 'idempotency-key']);
const CALLERS_PREFIXES = ['x-forwarded-', 'proxy-', 'trunkline-'];

/**
 * What of a caller's headers goes on to the platform; its credentials, addresses and what is about its own connection do not.
 *
 * @param own  what is put in their place: host, token, framing
 * @see RFC 9110 §7.6.1; checks 30 and 35
 */
export function requestHeaders(caller: RawHeaders, own: RawHeaders): string[] {
  const named = connectionNames(caller);
  const passed: string[] = [];
  for (let index = 0; index < caller.length; index += 2) {
    const name = caller[index] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || CALLERS_OWN.has(lower) || named?.has(lower) || lower === 'content-length') continue;
    if (CALLERS_PREFIXES.some((prefix) => lower.startsWith(prefix))) continue;
    passed.push(name, caller[index + 1] as string);
  }
  passed.push(...own);
  return passed;
}

/**
 * What of the platform's headers goes back to the caller: all that is not about the platform's connection.
 *
 * @see RFC 9110 §7.6.1
 */
export function responseHeaders(platform: RawHeaders): string[] {
  const named = connectionNames(platform);
  const passed: string[] = [];
  for (let index = 0; index < platform.length; index += 2) {
    const name = platform[index] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || named?.has(lower)) continue;
    passed.push(name, platform[index + 1] as string);
  }
  return passed;
}

/** The value of a header; those of several are joined. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if ((headers[index] as string).toLowerCase() !== name) continue;
    const value = headers[index + 1] as string;
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

// Most name nothing but keep-alive and close: then there is nothing to look up for each header.
function connectionNames(headers: RawHeaders): ReadonlySet<string> | undefined {
  const value = headerOf(headers, 'connection')?.toLowerCase();
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  return new Set(value.split(',').map((name) => name.trim()));
}
