import type { GrantCache } from '../broker/grant-cache.ts';
import type { Tokens } from '../broker/tokens.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { GatewayError } from '../domain/errors.ts';

/** What a token answer says of the Grant behind it. */
export interface Granted {
  /** Empty where it is not known yet. */
  readonly scope: string;
  readonly ownerId: string | undefined;
}

/** What is asked for it. */
export interface GrantedParts {
  readonly store: Pick<ConnectionStore, 'findConnection'>;
  readonly grants: Pick<GrantCache, 'find'>;
  readonly tokens: Pick<Tokens, 'usableGrant'>;
}

/**
 * What is known of a Connection's Grant: of the stored one, however it stands, so that signing in costs the platform nothing.
 *
 * A Connection that was never signed in is now, where it can be: programs read `scope` and `owner_id` once, from this answer. Where
 * it cannot, they get the rest all the same, because their session is ours.
 *
 * @param client  on whose behalf a first Grant is won; nobody's: none is
 */
export async function grantedBy(parts: GrantedParts, connection: string, client: string | undefined): Promise<Granted> {
  const found = await parts.store.findConnection(connection);
  const stored = await parts.grants.find(connection).catch(unlessOurs);
  const grant = stored ?? (found && client !== undefined ? await parts.tokens.usableGrant(connection, { client }).catch(unlessOurs) : undefined);
  return { scope: grant?.scope ?? '', ownerId: grant?.ownerId ?? found?.ownerId };
}

// A Grant that is dead, pending or cannot be read is no reason to keep a program out.
function unlessOurs(error: unknown): undefined {
  if (!(error instanceof GatewayError)) throw error;
  return undefined;
}
