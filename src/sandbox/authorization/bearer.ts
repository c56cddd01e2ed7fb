import type { PlatformRequest } from '../wire/platform-request.ts';
import { unauthorized } from '../wire/rest-refusal.ts';

/**
 * The access token that a resource request presents: in its Authorization header, the scheme in any case, or as
 * `access_token` in the query.
 *
 * @throws Refused  401: AGW-401 where there is none, AGW-402 where the header is not `Bearer` and a token
 * @see RFC 6750 §2.1, §2.3; RingCentral "Tokens"; bodies as observed in 2026
 */
export function readBearer({ headers, query }: PlatformRequest): string {
  const { authorization } = headers;
  if (authorization === undefined) return query.get('access_token') || refuseWithoutToken();
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (token === undefined) throw unauthorized('AGW-402', 'Invalid Authorization header');
  return token;
}

function refuseWithoutToken(): never {
  throw unauthorized('AGW-401', 'Authorization header is not specified');
}
