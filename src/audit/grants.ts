import { type AuditTrail, gatewayLine } from '../domain/audit.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import type { GrantStore } from '../domain/grant.ts';

/**
 * The same store; what becomes of Grants leaves a line: a pair that was won, a credential that was refused, a sign-in
 * that became needed.
 *
 * These have happened already, on the platform and in the database, so a line that cannot be written undoes nothing.
 */
export function auditGrants<Audited extends GrantStore & ConnectionStore>(store: Audited, trail: AuditTrail): Audited {
  const note = (action: string, connection: string, result: string) => trail.note(gatewayLine(action, `connections/${connection}`, result));
  return {
    ...store,
    saveGrant: async (grant, expected, connectionId, options) => {
      const saved = await store.saveGrant(grant, expected, connectionId, options);
      if (saved) await note(expected === 0 ? 'winGrant' : 'winTokens', grant.connection, 'ok');
      return saved;
    },
    refuseRefreshToken: async (connection, generation, refused) => {
      await store.refuseRefreshToken(connection, generation, refused);
      await note('refuseRefreshToken', connection, refused.code);
    },
    refuseCredential: async (connection, position, credential, refused) => {
      const noted = await store.refuseCredential(connection, position, credential, refused);
      if (noted) await note('refuseCredential', connection, refused.code);
      return noted;
    },
    needSignIn: async (connection, generation, needed) => {
      const noted = await store.needSignIn(connection, generation, needed);
      if (noted) await note('needSignIn', connection, needed.code);
      return noted;
    },
  };
}
