import type { World } from '../world.ts';

export const EXCHANGE_PATH = '/api/auth/login/rc/accesstoken';
export const REFRESH_PATH = '/api/auth/token/refresh';
export const MINUTE_MS = 60_000;

/** What RingCX has been asked for tokens, oldest first. */
export function ringCxRequests({ sandbox }: Pick<World, 'sandbox'>): ('exchange' | 'refresh')[] {
  return sandbox.requests().flatMap(({ path }) => {
    if (path === EXCHANGE_PATH) return ['exchange' as const];
    return path === REFRESH_PATH ? ['refresh' as const] : [];
  });
}

/** RingCX's answer to a request with that token, which only wants to know who is asked. */
export async function useRingCxToken(origin: string, token: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${origin}/voice/api/v1/admin/accounts`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, text: await response.text() };
}
