import type { Secret } from './secret.ts';

interface CredentialBase {
  /** The App to sign in with, where it is not the Connection's own. */
  readonly app?: string;
  /** Set when the platform refused this credential: it is not presented again until it is changed (docs/guarantees.md, G4). */
  readonly refused?: { readonly at: number; readonly code: string };
}

/** A user name and password for the password grant. */
export interface PasswordCredential extends CredentialBase {
  readonly kind: 'password';
  readonly username: string;
  readonly extension?: string;
  readonly password: Secret;
}

/** A JWT credential from the developer console, for the JWT bearer grant. */
export interface JwtCredential extends CredentialBase {
  readonly kind: 'jwt';
  readonly assertion: Secret;
  /** From when it is no longer good by its own word, epoch milliseconds; absent where it does not say, or was stored before that was noted. */
  readonly expiresAt?: number;
}

/** A refresh token won elsewhere: the first Refresh makes it a Grant. */
export interface RefreshTokenCredential extends CredentialBase {
  readonly kind: 'refresh_token';
  readonly refreshToken: Secret;
  /** When it dies if nobody uses it, epoch milliseconds; where that is not known, when it may have. */
  readonly refreshExpiresAt?: number;
}

/**
 * The App signs in by itself, without a user: to look up numbers (`brandId` alone), or on an account (`accountId`, or
 * `brandId` with `partnerAccountId`). For trusted partners' Apps.
 */
export interface ClientCredentialsCredential extends CredentialBase {
  readonly kind: 'client_credentials';
  readonly brandId?: string;
  readonly accountId?: string;
  readonly partnerAccountId?: string;
}

/** What people may see of a credential: whose it is, and no secret. */
export interface CredentialOutline extends CredentialBase {
  readonly connection: string;
  readonly kind: Credential['kind'];
}

/** One way for a Connection to win a Grant. A Connection has several, tried in their order. */
export type Credential = JwtCredential | PasswordCredential | RefreshTokenCredential | ClientCredentialsCredential;

/** Whether it wins a Grant whenever it is asked for, so that a Grant need not be kept alive for it. */
export function signsInAlone({ kind, refused }: Pick<Credential, 'kind' | 'refused'>): boolean {
  return !refused && (kind === 'jwt' || kind === 'client_credentials');
}
