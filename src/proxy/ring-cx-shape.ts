import type { BridgeTokenRefused } from '../domain/errors.ts';
import { destinationOf } from '../ringcentral/facts/roots.ts';
import type { PlatformShapedAnswer } from './platform-shape.ts';
import { readPresented } from './presented.ts';

/** Whether a request is for RingCX, whose errors are not the platform's. */
export function isForRingCx(url: string): boolean {
  const { target } = readPresented(url, undefined);
  const [path = ''] = target.split('?');
  return destinationOf(path)?.servedBy === 'ringcxOrigin';
}

/**
 * Refuses a token of ours as what stands in front of RingCX refuses one of its own: in plain text. One that was replaced or
 * revoked counts as expired, because only then does a program win another.
 *
 * @see RingCX "Obtaining an access token": `Jwt is expired`
 */
export function ringCxShapedRefusal({ code, platform }: BridgeTokenRefused): PlatformShapedAnswer {
  return {
    status: 401,
    headers: {
      'content-type': 'text/plain',
      'cache-control': 'no-store',
      'trunkline-error': code,
      'www-authenticate': 'Bearer realm="Trunkline", error="invalid_token"',
    },
    body: platform.finer === NO_TOKEN ? 'Jwt verification fails' : 'Jwt is expired',
  };
}

// RingCentral "API error codes": it is not even of the form of a token.
const NO_TOKEN = 'OAU-149';
