import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isGatewayKey } from '../access/gateway-key.ts';
import { AdminTokenWrong } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { bearer } from './bearer.ts';

/**
 * A check of `Authorization: Bearer <admin token>`, in constant time.
 *
 * @returns the check, which throws AdminTokenWrong
 */
export function createAdminCheck(adminToken: Secret): (headers: IncomingHttpHeaders) => void {
  const expected = digest(adminToken.reveal());
  return (headers) => {
    const given = bearer(headers);
    if (given === undefined) throw new AdminTokenWrong('nothing');
    if (!timingSafeEqual(digest(given), expected)) throw new AdminTokenWrong(isGatewayKey(given) ? 'gateway key' : 'another');
  };
}

// Digests have one length, which timingSafeEqual needs, and a length tells nothing.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
