import type { ServerResponse } from 'node:http';
import { GatewayError, PolicyForbids } from '../domain/errors.ts';

/** What the caller was told. */
export interface ToldRefusal {
  readonly status: number;
  readonly code: string;
}

/**
 * Refuses a request in the platform's own shape, so that a program that reads RingCentral's errors reads ours; our code stands
 * as `errorCode`, in lower case, and in the header `Trunkline-Error`.
 *
 * Where the answer has begun already, its connection is closed: that is all that can still be said.
 *
 * @see RingCentral "Error format"
 */
export function sendRefusal(response: ServerResponse, thrown: unknown): ToldRefusal {
  const error =
    thrown instanceof GatewayError ? thrown : new GatewayError('internal', 'Something went wrong that Trunkline does not know; its log has the cause.');
  const told = { status: error.status, code: error.code };
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return told;
  }
  const body = Buffer.from(JSON.stringify(bodyOf(error)));
  response.writeHead(error.status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'trunkline-error': error.code,
    ...(error.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(error.retryAfterMs / 1_000)) }),
    // What is refused unread may have a body that is still coming.
    connection: 'close',
  });
  response.end(body);
  return told;
}

// A refused Permission looks like the platform's own, which programs know ("API error codes").
function bodyOf(error: GatewayError): object {
  const { code, message } = error;
  if (error instanceof PolicyForbids && error.part === 'permissions') {
    return { errorCode: 'InsufficientPermissions', message, errors: [{ errorCode: 'CMN-401', message }] };
  }
  return { errorCode: code, message, errors: [{ errorCode: code, message }] };
}
