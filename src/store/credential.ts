import type { Selectable } from 'kysely';
import type { Credential, CredentialOutline } from '../domain/credential.ts';
import type { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { CredentialTable } from './schema.ts';

/** What of a password credential is not secret. */
interface PasswordDetails {
  readonly username: string;
  readonly extension?: string;
}

/** A credential as a row, its secret sealed for that row. */
export function toCredentialRow(connection: string, position: number, credential: Credential, vault: Vault): CredentialTable {
  return {
    connection,
    position,
    kind: credential.kind,
    app: credential.app ?? null,
    details: JSON.stringify(credential.kind === 'password' ? passwordDetails(credential) : {}),
    secret: vault.seal(secretPlace(connection, position), secretOf(credential)),
    refused_at: credential.refused?.at ?? null,
    refused_code: credential.refused?.code ?? null,
  };
}

/**
 * The credential that a row holds, opened.
 *
 * @throws SealedValueUnreadable
 */
export function toCredential(row: Selectable<CredentialTable>, vault: Vault): Credential {
  const secret = vault.open(secretPlace(row.connection, row.position), row.secret);
  const base = baseOf(row);
  if (row.kind === 'jwt') return { kind: row.kind, assertion: secret, ...base };
  if (row.kind === 'refresh_token') return { kind: row.kind, refreshToken: secret, ...base };
  const details: PasswordDetails = JSON.parse(row.details);
  return { kind: row.kind, ...details, password: secret, ...base };
}

/** What people may see of the credential that a row holds. */
export function toCredentialOutline(row: OutlineRow): CredentialOutline {
  return { connection: row.connection, kind: row.kind, ...baseOf(row) };
}

type OutlineRow = Pick<Selectable<CredentialTable>, 'connection' | 'kind' | 'app' | 'refused_at' | 'refused_code'>;

function baseOf(row: OutlineRow): Pick<CredentialOutline, 'app' | 'refused'> {
  return {
    ...(row.app !== null && { app: row.app }),
    ...(row.refused_at !== null && { refused: { at: row.refused_at, code: row.refused_code ?? '' } }),
  };
}

function secretOf(credential: Credential): Secret {
  switch (credential.kind) {
    case 'jwt':
      return credential.assertion;
    case 'password':
      return credential.password;
    case 'refresh_token':
      return credential.refreshToken;
  }
}

function passwordDetails({ username, extension }: PasswordDetails): PasswordDetails {
  return { username, ...(extension !== undefined && { extension }) };
}

function secretPlace(connection: string, position: number): Place {
  return { table: 'credentials', column: 'secret', row: [connection, position] };
}
