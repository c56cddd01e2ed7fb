import { BridgeTokenRefused, GatewayError, PolicyForbids } from '../domain/errors.ts';

/** An answer as the platform itself would give it. */
export interface PlatformShapedAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; text where RingCX answers so. */
  readonly body: string;
}

/**
 * Renders an error for a program that speaks to the platform through us and knows only the platform's errors.
 *
 * A Permission that a Policy does not list looks like one that the App lacks, which such a program may deal with, and a token of the
 * Bridge that is over like one of the platform's, so that an SDK gets a newer one.
 * Everything else has our code as `errorCode`: in lower case, it is never mistaken for one of RingCentral's. The header
 * `trunkline-error` tells in either case that it was us. `cause` goes to the log only.
 *
 * @see RingCentral "API error codes": top-level `errorCode` and `message`, and `errors[]`
 */
export function platformShapedError(error: unknown): PlatformShapedAnswer {
  const known = error instanceof GatewayError ? error : new GatewayError('internal', 'Something went wrong inside Trunkline; its log has the cause.');
  return {
    status: known.status,
    headers: {
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-store',
      'trunkline-error': known.code,
      ...(known.status === 401 && { 'www-authenticate': 'Bearer realm="Trunkline"' }),
      ...(known.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(known.retryAfterMs / 1_000)) }),
    },
    body: JSON.stringify(bodyOf(known)),
  };
}

function bodyOf(error: GatewayError): object {
  if (error instanceof BridgeTokenRefused) {
    const { errorCode, finer, message } = error.platform;
    return { errorCode, message, errors: [{ errorCode: finer, message }] };
  }
  const permissions = error instanceof PolicyForbids ? error.permissions : [];
  if (permissions.length === 0) return { errorCode: error.code, message: error.message, errors: [{ errorCode: error.code, message: error.message }] };
  const permissionName = permissions.join(', ');
  const message = `In order to call this API endpoint, application needs to have [${permissionName}] permission`;
  return { errorCode: 'InsufficientPermissions', message, errors: [{ errorCode: 'CMN-401', message, permissionName }], permissionName };
}
