import { MethodNotForwarded, TargetUnreadable } from '../domain/errors.ts';

// TRACE would echo the token (RFC 9110 §9.3.8); of any other nobody knows what it does.
const FORWARDED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const TUNNELLED: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * The method that a request means, which is the one that a Policy judges: a program that can send no other than POST names it in
 * `X-HTTP-Method-Override` or in `_method` of the query, and the platform goes by that.
 *
 * @param override  the header, as it came; those of several are joined
 * @param query     as it is sent on
 * @throws MethodNotForwarded
 * @throws TargetUnreadable  another method than the platform takes there is named, or two
 * @see RingCentral "Methods, endpoints and parameters"
 */
export function methodMeant(method: string, override: string | undefined, query: string | undefined): string {
  if (!FORWARDED.has(method)) throw new MethodNotForwarded();
  if (override === undefined && query === undefined) return method;
  const parameters = query?.includes('_method') || query?.includes('%') ? new URLSearchParams(query).getAll('_method') : [];
  const named = new Set([...(override === undefined ? [] : [override]), ...parameters].map((name) => name.trim().toUpperCase()));
  if (named.size === 0) return method;
  const [meant = ''] = named;
  if (method !== 'POST' || named.size > 1 || !TUNNELLED.has(meant)) throw new TargetUnreadable('it names another method in a way that is not the platform’s');
  return meant;
}
