import type { Refused } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import { adminEndpoints } from './admin.ts';
import { resourceMissing, ringCxRefusal } from './refusal.ts';
import { exchangeToken, refreshTokens, signInAtPortal, signInWithPassword } from './sign-in.ts';

// The hosts differ, the paths do not clash: ringcx.ringcentral.com and engage.ringcentral.com have the first, the legacy
// portals the second.
const HOST_ROOT = '/voice/api/v1';
const PORTAL_ROOT = '/api/v1';

/** Everything of RingCX that the sandbox answers. */
export const RING_CX_ENDPOINTS: readonly Endpoint[] = [
  exchangeToken,
  refreshTokens,
  signInWithPassword,
  ...[HOST_ROOT, PORTAL_ROOT].flatMap((root) => [signInAtPortal(`${root}/auth/login`), ...adminEndpoints(root)]),
];

// Voice and CX integration; media; signing in, and the legacy portals.
const ROOTS: readonly string[] = ['/voice/api', '/platform/api', '/api'];

/** Whether a path is below one of RingCX's roots, and so none of RingCentral's own platform. */
export function isRingCxPath(path: string): boolean {
  return ROOTS.some((root) => path === root || path.startsWith(`${root}/`));
}

/** What RingCX says where it has nothing: 404, or 405 with the methods that the path has. */
export function nothingAtRingCx(request: PlatformRequest, now: number, methods: readonly string[]): Refused {
  if (methods.length === 0) return resourceMissing(request, now);
  return ringCxRefusal(request, now, 405, {
    errorCode: 'method.not.allowed',
    generalMessage: 'Method is not allowed',
    headers: { allow: methods.join(', ') },
  });
}
