import type { IncomingMessage, ServerResponse } from 'node:http';
import { BridgeTokenRefused, GatewayError } from '../domain/errors.ts';
import { closeGently } from './linger.ts';
import { platformShapedError } from './platform-shape.ts';
import { isForRingCx, ringCxShapedRefusal } from './ring-cx-shape.ts';
import type { TimeKeeper } from './time-keeper.ts';

/** What the caller was told. */
export interface ToldRefusal {
  readonly status: number;
  readonly code: string;
}

/**
 * Refuses a request in the platform's own shape, so that a program that reads RingCentral's errors reads ours.
 *
 * Where the answer has begun already, its connection is closed: that is all that can still be said.
 */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, keeper: TimeKeeper, thrown: unknown): ToldRefusal {
  const error =
    thrown instanceof GatewayError ? thrown : new GatewayError('internal', 'Something went wrong that Trunkline does not know; its log has the cause.');
  const told = { status: error.status, code: error.code };
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return told;
  }
  const isTokenOfRingCx = error instanceof BridgeTokenRefused && isForRingCx(request.url ?? '');
  const { status, headers, body } = isTokenOfRingCx ? ringCxShapedRefusal(error) : platformShapedError(error);
  if (!request.complete) closeGently(request, response, keeper);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return told;
}
