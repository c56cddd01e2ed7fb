import type { App } from './app.ts';
import type { Grant } from './grant.ts';
import type { Secret } from './secret.ts';

/** A session that is to be ended on the platform: it rests until the platform has said that it did, or it is over by itself. */
export interface Revocation {
  /** Random. */
  readonly id: string;
  /** Its name; the App itself may be gone by now. */
  readonly app: string;
  /** What the request is made of, as it was when the revocation was written. */
  readonly platformOrigin: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly connection: string;
  /** The refresh token, where there is one: it ends the whole session, as any token of it does. */
  readonly token: Secret;
  readonly hint: 'refresh_token' | 'access_token';
  /** When the token is over by itself, epoch milliseconds. */
  readonly diesAt: number;
  readonly attempts: number;
  readonly notBefore: number;
}

/** What a revocation that is about to be written needs. */
export interface Outgoing {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The code of a Grant that was revoked here: its row stands without tokens, because generations never go back. */
export const REVOKED_HERE = 'revoked_here';

/** Where revocations wait to be sent; the token and the client secret are sealed there. */
export interface RevocationStore {
  /** Writes a revocation of a pair that is in no row of a Grant: one that was replaced, or that nobody will use. */
  addRevocation(revocation: Revocation): Promise<void>;
  /**
   * Takes one that is due, for so long that no other node sends it meanwhile.
   *
   * @returns nothing where none is due, or another node was faster
   */
  claimRevocation(now: number, until: number): Promise<Revocation | undefined>;
  /** Puts it off after an attempt that ended nothing, or, with the same `attempts`, because the App may not ask now. */
  putOffRevocation(id: string, attempts: number, notBefore: number): Promise<void>;
  /** Puts off all of an App that are due, because none of them may be sent before: each for itself would cost as much as sending it. */
  putOffRevocationsOf(app: string, now: number, notBefore: number): Promise<void>;
  removeRevocation(id: string): Promise<void>;
  countRevocations(): Promise<number>;
  /**
   * Ends the Grant of a Connection here, with what RingCX gave for it, and writes its revocation, in one transaction. The Connection signs in again
   * with its credentials when it is used; one that has none that is not refused needs a sign-in.
   *
   * @returns false where there is no Grant
   * @throws ConnectionNotFound
   */
  revokeGrant(connection: string, outgoing: Outgoing): Promise<boolean>;
}

// The platform's longest refresh token; for one whose end the platform did not tell (RingCentral "Refresh tokens").
const LONGEST_MS = 30 * 24 * 3_600_000;

/** The revocation that ends the session of a Grant. */
export function revocationOf(
  grant: Pick<Grant, 'connection' | 'app' | 'accessToken' | 'expiresAt' | 'refreshToken' | 'refreshExpiresAt'>,
  app: Pick<App, 'platformOrigin' | 'clientId' | 'clientSecret'>,
  { id, at }: Outgoing,
): Revocation {
  const { platformOrigin, clientId, clientSecret } = app;
  return {
    id,
    app: grant.app,
    platformOrigin,
    clientId,
    clientSecret,
    connection: grant.connection,
    token: grant.refreshToken ?? grant.accessToken,
    hint: grant.refreshToken ? 'refresh_token' : 'access_token',
    diesAt: grant.refreshToken ? (grant.refreshExpiresAt ?? at + LONGEST_MS) : grant.expiresAt,
    attempts: 0,
    notBefore: at,
  };
}
