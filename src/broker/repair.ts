import { gatewayLine } from '../domain/audit.ts';
import type { Credential } from '../domain/credential.ts';
import { SealedValueUnreadable } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import { Secret } from '../domain/secret.ts';
import type { BrokerParts } from './parts.ts';

type RepairParts = Pick<BrokerParts, 'store' | 'log' | 'trail'>;

/**
 * The Grant of a Connection. Where its tokens are damaged, and a credential can win others, what is left of it stands for
 * it: without tokens, of the same generation, so that the next sign-in replaces the row.
 *
 * A value under a data key that this process does not have is not damaged: another node may have made that key, and the
 * tokens are well. A wrong vault key never comes so far (see `openVault`).
 *
 * @throws SealedValueUnreadable  nothing can replace it, or it is under another key
 */
export async function findRepairable(parts: RepairParts, connection: string): Promise<Grant | undefined> {
  const { store, log, trail } = parts;
  try {
    return await store.findGrant(connection);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const [outline] = await store.listGrantOutlines([connection]);
    const credentials = await store.listCredentialOutlines([connection]);
    if (!outline || credentials.every(({ refused }) => refused)) throw error;
    const { generation } = outline;
    log.error('grant.damaged', { connection, generation, note: 'its tokens cannot be opened; it signs in with its credentials' });
    await trail.note(gatewayLine('repairGrant', `connections/${connection}`, error.code));
    return withoutTokens(outline);
  }
}

/**
 * The credentials that can be presented, with their positions; one that is damaged is left out, and the next one tried.
 *
 * @throws SealedValueUnreadable  every credential that could be presented is damaged, or under another key
 */
export async function openCredentials({ store, log, trail }: RepairParts, connection: string): Promise<readonly (readonly [number, Credential])[]> {
  const opened: (readonly [number, Credential])[] = [];
  let damage: SealedValueUnreadable | undefined;
  for (const [position, { kind, refused }] of (await store.listCredentialOutlines([connection])).entries()) {
    if (refused) continue;
    try {
      const credential = await store.findCredential(connection, position);
      if (credential) opened.push([position, credential]);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damage = error;
      log.error('credential.damaged', { connection, position, kind });
      await trail.note(gatewayLine('skipCredential', `connections/${connection}`, error.code));
    }
  }
  // Nothing was refused: nobody has to sign in, the database is to be restored.
  if (opened.length === 0 && damage) throw damage;
  return opened;
}

/** For whoever goes on without what is damaged: a run that follows replaces it, where something can, or says the same. */
export function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof SealedValueUnreadable)) throw error;
}

function isDamage(error: unknown): error is SealedValueUnreadable {
  return error instanceof SealedValueUnreadable && !error.keyMissing;
}

function withoutTokens({ connection, app, generation, ownerId, scope }: Pick<Grant, 'connection' | 'app' | 'generation' | 'ownerId' | 'scope'>): Grant {
  return {
    connection,
    app,
    generation,
    accessToken: new Secret(''),
    issuedAt: 0,
    expiresAt: 0,
    refreshToken: undefined,
    refreshExpiresAt: undefined,
    ownerId,
    scope,
    endpointId: undefined,
    sessionId: undefined,
    refreshRefused: undefined,
  };
}
