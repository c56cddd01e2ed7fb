import { jsonAnswer, Refused } from './answer.ts';
import { REALM } from './oauth-refusal.ts';

/**
 * A refusal of a resource request, in the shape that the platform really sends: `errorCode` and `message` on top,
 * `errors[]` with the same or finer codes, and what is said about the item repeated on top.
 *
 * @param finer  the item's code, where it is not the one on top
 */
export function restRefusal(status: number, errorCode: string, message: string, { finer, about = {}, headers = {} }: RefusalDetails = {}): Refused {
  return new Refused(jsonAnswer(status, { errorCode, message, errors: [{ errorCode: finer ?? errorCode, message, ...about }], ...about }, headers));
}

interface RefusalDetails {
  readonly finer?: string;
  /** `parameterName`, `permissionName` and the like. */
  readonly about?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 401: whoever asks has not shown a token that is good. */
export function unauthorized(errorCode: string, message: string, finer?: string): Refused {
  return restRefusal(401, errorCode, message, { ...(finer && { finer }), headers: { 'www-authenticate': `Bearer realm="${REALM}"` } });
}

/** 403: the app has not got the permission. */
export function permissionMissing(permissionName: string): Refused {
  const message = `In order to call this API endpoint, application needs to have [${permissionName}] permission`;
  return restRefusal(403, 'InsufficientPermissions', message, { finer: 'CMN-401', about: { permissionName } });
}

/** 404: there is no such thing, or it is another's. */
export function notFound(parameterName: string): Refused {
  return restRefusal(404, 'InvalidParameter', `Resource for parameter [${parameterName}] is not found`, { finer: 'CMN-102', about: { parameterName } });
}

/** 404: there is nothing at this path. */
export function invalidUri(): Refused {
  return restRefusal(404, 'CMN-120', 'Invalid URI');
}

/** 400: a parameter is missing, or cannot be what it is. */
export function invalidParameter(parameterName: string): Refused {
  return restRefusal(400, 'InvalidParameter', `Parameter [${parameterName}] value is invalid`, { finer: 'CMN-101', about: { parameterName } });
}

/** 413: the body is longer than the sandbox takes. */
export function bodyTooLong(): Refused {
  return restRefusal(413, 'CMN-103', 'The request body is too long');
}

/** 503: the sandbox itself cannot do it now. */
export function unavailable(): Refused {
  return restRefusal(503, 'CMN-201', 'Service Temporary Unavailable');
}

/** 401: there is nobody, or nobody any more, for whom this could be answered. */
export function loginRequired(): Refused {
  return unauthorized('CMN-405', 'Login to extension required');
}

/** 403: the user's role lacks the permission. */
export function userPermissionMissing(permissionName: string): Refused {
  const message = `In order to call this API endpoint, user needs to have [${permissionName}] permission for requested resource.`;
  return restRefusal(403, 'CMN-408', message, { about: { permissionName } });
}

/** 403: the extension is another's, and the caller no administrator. */
export function otherExtension(): Refused {
  return restRefusal(403, 'CMN-404', 'Access to another extension is not allowed');
}
