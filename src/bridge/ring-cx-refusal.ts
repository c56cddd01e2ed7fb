import type { RefusalDetails } from './refusal.ts';

/**
 * A refusal in the shape of RingCX's services.
 *
 * @see RingCX "Admin users and permissions": `errorCode`, `generalMessage`, `timestamp`; its OpenAPI file, `Errors`
 */
export class RingCxBridgeRefused extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly details: Pick<RefusalDetails, 'retryAfterMs' | 'code'>;

  constructor(status: number, errorCode: string, generalMessage: string, details: Pick<RefusalDetails, 'retryAfterMs' | 'code'> = {}) {
    super(generalMessage);
    this.name = 'RingCxBridgeRefused';
    this.status = status;
    this.errorCode = errorCode;
    this.details = details;
  }

  /** @param path  without its first slash, as RingCX names it */
  body(method: string, path: string, now: number): object {
    const { errorCode, message } = this;
    return { errorCode, generalMessage: message, details: message, requestUri: `${path} - ${method}`, timestamp: now };
  }
}

/** 400: something is missing, or cannot be what it is. */
export function badRequest(): RingCxBridgeRefused {
  return new RingCxBridgeRefused(400, 'invalid.data.exception', 'The supplied data is not valid');
}

/** 401: whoever asks has shown nothing that is good. */
export function signInRefused(code?: string): RingCxBridgeRefused {
  return new RingCxBridgeRefused(401, 'authentication.exception', 'Authentication failed', code === undefined ? {} : { code });
}

/** 429: too often within a minute. */
export function tooManyRequests(retryAfterMs: number): RingCxBridgeRefused {
  return new RingCxBridgeRefused(429, 'too.many.requests', 'Request rate exceeded', { retryAfterMs });
}

/** 403: not for this user. */
export function accessDenied(code: string): RingCxBridgeRefused {
  return new RingCxBridgeRefused(403, 'access.denied.exception', 'You do not have permission to access this resource', { code });
}
