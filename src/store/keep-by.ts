import { type Credential, signsInAlone } from '../domain/credential.ts';

/** Until when something must be asked of the platform, and whose budget that takes; both null where nothing must. */
export interface KeepBy {
  readonly keep_by: number | null;
  readonly budget_app: string | null;
}

const NOTHING: KeepBy = { keep_by: null, budget_app: null };

/**
 * When the first refresh token among a Connection's credentials dies unless it is proved before.
 *
 * One that stands beside a credential that signs in alone need not be proved: nothing is lost with it.
 *
 * @param app  the Connection's own
 */
export function keepByOf(app: string, credentials: readonly Credential[]): KeepBy {
  if (credentials.some(signsInAlone)) return NOTHING;
  const unproven = credentials.find(({ kind, refused }) => kind === 'refresh_token' && !refused);
  if (unproven?.kind !== 'refresh_token' || unproven.refreshExpiresAt === undefined) return NOTHING;
  return { keep_by: unproven.refreshExpiresAt, budget_app: unproven.app ?? app };
}
