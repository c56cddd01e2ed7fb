import { jsonAnswer, Refused } from '../wire/answer.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';

/** What RingCX's own services say where they refuse. */
interface RingCxFault {
  readonly errorCode: string;
  readonly generalMessage: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal in the shape of RingCX's services.
 *
 * @see RingCX "Admin users and permissions" (`errorCode`, `generalMessage`, `timestamp`) and the OpenAPI file's `Errors`
 */
export function ringCxRefusal(request: PlatformRequest, now: number, status: number, { errorCode, generalMessage, headers = {} }: RingCxFault): Refused {
  const requestUri = `${request.path.slice(1)} - ${request.method}`;
  return new Refused(jsonAnswer(status, { errorCode, generalMessage, details: generalMessage, requestUri, timestamp: now }, headers));
}

/** 404: there is nothing there. */
export function resourceMissing(request: PlatformRequest, now: number): Refused {
  return ringCxRefusal(request, now, 404, { errorCode: 'resource.not.found.exception', generalMessage: 'The resource you have requested does not exist' });
}

/** 403: the user's rights do not go so far. */
export function accessDenied(request: PlatformRequest, now: number): Refused {
  return ringCxRefusal(request, now, 403, { errorCode: 'access.denied.exception', generalMessage: 'You do not have permission to access this resource' });
}

/** 400: something is missing, or cannot be what it is. */
export function badRequest(request: PlatformRequest, now: number): Refused {
  return ringCxRefusal(request, now, 400, { errorCode: 'invalid.data.exception', generalMessage: 'The supplied data is not valid' });
}

/** 401 of a sign-in: whoever asks has shown nothing that is good. */
export function signInRefused(request: PlatformRequest, now: number): Refused {
  return ringCxRefusal(request, now, 401, { errorCode: 'authentication.exception', generalMessage: 'Authentication failed' });
}

/** 429: too many requests in a minute. */
export function tooManyRequests(request: PlatformRequest, now: number, retryAfterSeconds: number): Refused {
  return ringCxRefusal(request, now, 429, {
    errorCode: 'too.many.requests',
    generalMessage: 'Request rate exceeded',
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}

/**
 * 401 of the gateway in front of RingCX, which judges bearer tokens and speaks plain text.
 *
 * @see RingCX "Obtaining an access token": `Jwt is expired`; Envoy, JWT authentication filter, for the others and the header
 */
export function jwtRefused(text: 'Jwt is missing' | 'Jwt is expired' | 'Jwt verification fails', url: string): Refused {
  // A path may hold what would end the quotes.
  const challenge = `Bearer realm="${url.replace(/[^\x21-\x7e]|["\\]/g, '?')}"${text === 'Jwt is missing' ? '' : ', error="invalid_token"'}`;
  return new Refused({ status: 401, headers: { 'content-type': 'text/plain', 'www-authenticate': challenge }, body: text });
}
