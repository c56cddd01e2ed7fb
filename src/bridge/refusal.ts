/** The platform's name for itself in challenges. */
export const REALM = 'RingCentral REST API';

/** What `error` says. @see RFC 6749 §5.2 */
export type OauthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'
  | 'server_error';

/** What a refusal has besides. */
export interface RefusalDetails {
  readonly status?: number;
  /** The value of `WWW-Authenticate`, which the platform sends with some of its 400s. */
  readonly challenge?: string;
  readonly parameter?: { readonly name: string; readonly value: string };
  readonly retryAfterMs?: number | undefined;
  /** Whatever our own code for it is, where it is ours. */
  readonly code?: string;
}

/**
 * A refusal of the Bridge's token endpoints, as the platform itself words it: programs that cannot change read those.
 *
 * It is 400 also where RFC 6749 §5.2 wants 401: after a 401 an SDK sends the same request once more.
 *
 * @see RingCentral OpenAPI `OauthInvalidRequest`
 */
export class BridgeRefused extends Error {
  readonly error: OauthError;
  readonly errorCode: string;
  readonly details: RefusalDetails;

  constructor(error: OauthError, errorCode: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'BridgeRefused';
    this.error = error;
    this.errorCode = errorCode;
    this.details = details;
  }

  get status(): number {
    return this.details.status ?? 400;
  }

  /** JSON, as the platform has it: of its limits it speaks here as everywhere. */
  get body(): object {
    const { parameter } = this.details;
    if (this.status === 429) return { errorCode: this.errorCode, message: this.message, errors: [{ errorCode: this.errorCode, message: this.message }] };
    const parameters = parameter && { parameters: [{ parameterName: parameter.name, parameterValue: parameter.value }] };
    return { error: this.error, error_description: this.message, errors: [{ errorCode: this.errorCode, message: this.message, ...parameters }] };
  }
}

/** 400: the credential is not, or no longer, good. */
export function invalidGrant(errorCode: string, message: string, details: RefusalDetails = {}): BridgeRefused {
  return new BridgeRefused('invalid_grant', errorCode, message, details);
}

/** 429: too often within a minute. */
export function rateExceeded(retryAfterMs: number): BridgeRefused {
  return new BridgeRefused('temporarily_unavailable', 'CMN-301', 'Request rate exceeded', { status: 429, retryAfterMs });
}

/** 400: a parameter is missing, or cannot be what it is. */
export function invalidParameter(name: string): BridgeRefused {
  return new BridgeRefused('invalid_request', 'CMN-101', `Parameter [${name}] value is invalid`, { parameter: { name, value: '' } });
}

/** 400: there is no such App or Client, or it has not shown that it is the one. */
export function invalidClient(clientId: string): BridgeRefused {
  // It goes into a header, so it may hold nothing that would end its quotes or the line.
  const shown = clientId.slice(0, 100).replace(/[^\x20-\x7e]|["\\]/g, '?');
  const message = `Invalid client application: [${shown}]`;
  return new BridgeRefused('invalid_client', 'OAU-153', message, {
    challenge: `Bearer realm="${REALM}", error="invalid_client", error_description="${message}"`,
    parameter: { name: 'client_id', value: shown },
  });
}
