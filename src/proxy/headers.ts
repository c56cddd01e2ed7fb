import { headerOf, type RawHeaders } from '../runtime/raw-headers.ts';

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
const CALLERS_OWN: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'authorization',
  'cookie',
  'cookie2',
  'host',
  'forwarded',
  'x-real-ip',
  'via',
  'expect',
  'idempotency-key',
]);

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
    if (CALLERS_OWN.has(lower) || named?.has(lower)) continue;
    if (lower.startsWith('x-forwarded-') || lower.startsWith('proxy-') || lower.startsWith('trunkline-')) continue;
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
    if (isHopByHop(name) || named?.has(name.toLowerCase())) continue;
    passed.push(name, platform[index + 1] as string);
  }
  return passed;
}

// Its length rules most names out, at a tenth of what lower case costs. A bit for each length; the longest has 19 letters.
const LENGTHS = [...HOP_BY_HOP].reduce((lengths, { length }) => lengths | (1 << length), 0);

function isHopByHop(name: string): boolean {
  return name.length < 20 && (LENGTHS & (1 << name.length)) !== 0 && HOP_BY_HOP.has(name.toLowerCase());
}

// Most name nothing but keep-alive and close: then there is nothing to look up for each header.
function connectionNames(headers: RawHeaders): ReadonlySet<string> | undefined {
  const value = headerOf(headers, 'connection')?.toLowerCase();
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  return new Set(value.split(',').map((name) => name.trim()));
}
