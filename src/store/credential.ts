import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Credential, CredentialOutline } from '../domain/credential.ts';
import { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { CredentialTable } from './schema.ts';

// A session without a user has no secret of its own; the column wants one.
const NO_SECRET = new Secret('');

/** A credential as a row, its secret sealed for that row. */
export function toCredentialRow(connection: string, position: number, credential: Credential, vault: Vault): CredentialTable {
  return {
    connection,
    position,
    kind: credential.kind,
    app: credential.app ?? null,
    details: JSON.stringify(detailsOf(credential)),
    secret: vault.seal(secretPlace(connection, position), secretOf(credential)),
    refused_at: credential.refused?.at ?? null,
    refused_code: credential.refused?.code ?? null,
    assertion_hash: credential.kind === 'jwt' ? hashAssertion(credential.assertion.reveal()) : null,
  };
}

/**
 * The credential that a row holds, opened.
 *
 * @throws SealedValueUnreadable
 */
export function toCredential(row: Selectable<CredentialTable>, vault: Vault): Credential {
  const secret = vault.open(secretPlace(row.connection, row.position), row.secret);
  const rest = { ...JSON.parse(row.details), ...baseOf(row) };
  switch (row.kind) {
    case 'jwt':
      return { kind: row.kind, assertion: secret, ...rest };
    case 'password':
      return { kind: row.kind, password: secret, ...rest };
    case 'refresh_token':
      return { kind: row.kind, refreshToken: secret, ...rest };
    case 'client_credentials':
      return { kind: row.kind, ...rest };
  }
}

/** What people may see of the credential that a row holds. */
export function toCredentialOutline(row: OutlineRow): CredentialOutline {
  return { connection: row.connection, kind: row.kind, ...baseOf(row) };
}

/** By what a JWT is looked for: SHA-256, hex. Its signature is beyond guessing, so a fast hash is enough. */
export function hashAssertion(assertion: string): string {
  return createHash('sha256').update(assertion).digest('hex');
}

type OutlineRow = Pick<Selectable<CredentialTable>, 'connection' | 'kind' | 'app' | 'refused_at' | 'refused_code'>;

function baseOf(row: OutlineRow): Pick<CredentialOutline, 'app' | 'refused'> {
  return {
    ...(row.app !== null && { app: row.app }),
    ...(row.refused_at !== null && { refused: { at: row.refused_at, code: row.refused_code ?? '' } }),
  };
}

/**
 * Whether both are the same to the platform. When one dies is not asked: of a refresh token whose age is not known, each
 * import takes another time for it.
 */
export function isSameCredential(one: Credential, other: Credential | undefined): boolean {
  if (one.kind !== other?.kind || one.app !== other.app || !secretOf(one).equals(secretOf(other))) return false;
  if (one.kind === 'jwt' || one.kind === 'refresh_token') return true;
  return JSON.stringify(detailsOf(one)) === JSON.stringify(detailsOf(other));
}

/** The one secret of a credential; empty for a kind that has none. */
function secretOf(credential: Credential): Secret {
  switch (credential.kind) {
    case 'jwt':
      return credential.assertion;
    case 'password':
      return credential.password;
    case 'refresh_token':
      return credential.refreshToken;
    case 'client_credentials':
      return NO_SECRET;
  }
}

/** What of a credential belongs to its kind and is not secret. JSON leaves out what is not given. */
function detailsOf(credential: Credential): object {
  switch (credential.kind) {
    case 'jwt':
      return { expiresAt: credential.expiresAt };
    case 'password':
      return { username: credential.username, extension: credential.extension };
    case 'refresh_token':
      return { refreshExpiresAt: credential.refreshExpiresAt };
    case 'client_credentials':
      return { brandId: credential.brandId, accountId: credential.accountId, partnerAccountId: credential.partnerAccountId };
  }
}

function secretPlace(connection: string, position: number): Place {
  return { table: 'credentials', column: 'secret', row: [connection, position] };
}
