import type { PlatformRequest } from './platform-request.ts';
import { invalidParameter, restRefusal } from './rest-refusal.ts';

const TUNNELLED: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * The method that a request means: a program that can send no other than POST names it in `X-HTTP-Method-Override` or in
 * `_method` of the query.
 *
 * @throws Refused  400: the two differ, or neither PUT, PATCH nor DELETE is named
 * @see RingCentral "Methods, endpoints and parameters"
 */
export function methodMeant({ method, headers, query }: PlatformRequest): string {
  if (method !== 'POST') return method;
  const header = headers['x-http-method-override'];
  const parameter = query.get('_method') ?? undefined;
  if (header === undefined && parameter === undefined) return method;
  if (parameter !== undefined && !TUNNELLED.has(parameter.toUpperCase())) throw invalidParameter('_method');
  if (typeof header === 'string' && !TUNNELLED.has(header.toUpperCase())) throw badOverride();
  const named = new Set([header, parameter].flatMap((name) => (typeof name === 'string' ? [name.toUpperCase()] : [])));
  if (named.size > 1) throw badOverride();
  return [...named][0] ?? method;
}

function badOverride() {
  return restRefusal(400, 'CMN-407', 'Header [X-HTTP-Method-Override] value is invalid');
}
