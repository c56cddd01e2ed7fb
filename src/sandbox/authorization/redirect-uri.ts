import { isIP } from 'node:net';

// RFC 8252 §7.3: an app on somebody's own machine cannot know beforehand which port will be free.
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?(\/.*)?$/;
// A browser would run or show these instead of leaving.
const NO_REDIRECT: ReadonlySet<string> = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:']);

/** Whether it is one of those registered: character by character, but for the port on loopback. */
export function isRegistered(registered: readonly string[], redirectUri: string): boolean {
  if (registered.includes(redirectUri)) return true;
  const meant = withoutPort(redirectUri);
  return meant !== undefined && registered.some((one) => withoutPort(one) === meant);
}

function withoutPort(uri: string): string | undefined {
  const [, host, path = '/'] = LOOPBACK.exec(uri) ?? [];
  return host && host + path;
}

/** What is wrong with a redirect URI that somebody wants to register; nothing where it is good. */
export function faultOf(redirectUri: string): string | undefined {
  const url = parse(redirectUri);
  // RFC 3986 §2: what else there is, is percent-encoded, and could not stand in a header.
  if (!url || /[^\x21-\x7e]|[<>"]/.test(redirectUri)) return 'is no address';
  if (NO_REDIRECT.has(url.protocol)) return 'would run in the browser instead of leaving it';
  if (redirectUri.includes('#')) return 'may have no fragment';
  if (url.protocol === 'http:' && !LOOPBACK.test(redirectUri)) return 'must be https, or on loopback, or of a scheme of its own';
  return undefined;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The redirect URI with more in its query. */
export function withQuery(redirectUri: string, parameters: readonly (readonly [string, string | undefined])[]): string {
  const query = new URLSearchParams(parameters.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])));
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`;
}

/** What a page's Content-Security-Policy must allow for a form whose answer redirects there; browsers check that too. */
export function formActionOf(redirectUri: string): string {
  const url = parse(redirectUri);
  if (!url) return '';
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // A policy cannot name an IPv6 address, nor a host with what parts its directives.
  const isNameable = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 6 && !/[;,]/.test(url.hostname);
  return isWeb && isNameable ? url.origin : url.protocol;
}
