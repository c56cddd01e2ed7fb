import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AdminTokenWrong } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';

/**
 * A check of `Authorization: Bearer <admin token>`, in constant time.
 *
 * @returns the check, which throws AdminTokenWrong
 */
export function createAdminCheck(adminToken: Secret): (headers: IncomingHttpHeaders) => void {
  const expected = digest(adminToken.reveal());
  return (headers) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    if (given === undefined || !timingSafeEqual(digest(given), expected)) throw new AdminTokenWrong();
  };
}

// Digests have one length, which timingSafeEqual needs, and a length tells nothing.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
