import type { Keep } from '../domain/connection.ts';
import { type Credential, signsInAlone } from '../domain/credential.ts';

/** Until when something must be asked of the platform, from when on it should be, and whose budget that takes. */
export interface KeepBy {
  readonly keep_by: number | null;
  readonly fresh_at: number | null;
  readonly budget_app: string | null;
}

/** When something is wanted before everything whose time has merely come. */
export const AT_ONCE = 0;

/**
 * What of a Connection without a living Grant is to be done without a caller: an imported refresh token is proved, before it
 * dies; one that is always to have a token ready signs in.
 *
 * A refresh token that stands beside a credential that signs in alone need not be proved: nothing is lost with it.
 */
export function keepByOf({ app, keep }: { readonly app: string; readonly keep: Keep }, credentials: readonly Credential[]): KeepBy {
  const unproven = credentials.some(signsInAlone) ? undefined : credentials.find(({ kind, refused }) => kind === 'refresh_token' && !refused);
  const diesAt = unproven?.kind === 'refresh_token' ? unproven.refreshExpiresAt : undefined;
  if (diesAt !== undefined) return { keep_by: diesAt, fresh_at: AT_ONCE, budget_app: unproven?.app ?? app };
  return keep === 'fresh' ? { keep_by: null, fresh_at: AT_ONCE, budget_app: credentials[0]?.app ?? app } : { keep_by: null, fresh_at: null, budget_app: null };
}
