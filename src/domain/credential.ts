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
}

/** A refresh token won elsewhere: the first Refresh makes it a Grant. */
export interface RefreshTokenCredential extends CredentialBase {
  readonly kind: 'refresh_token';
  readonly refreshToken: Secret;
}

/** What people may see of a credential: whose it is, and no secret. */
export interface CredentialOutline extends CredentialBase {
  readonly connection: string;
  readonly kind: Credential['kind'];
}

/** One way for a Connection to win a Grant. A Connection has several, tried in their order. */
export type Credential = JwtCredential | PasswordCredential | RefreshTokenCredential;
