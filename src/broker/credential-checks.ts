import type { App } from '../domain/app.ts';
import type { ClientCredentialsCredential, Credential, JwtCredential, RefreshTokenCredential } from '../domain/credential.ts';
import type { FieldFault } from '../domain/errors.ts';
import { judgeJwtCredential, jwtExpiresAt } from '../oauth/jwt-credential.ts';

const DAY_MS = 24 * 60 * 60_000;
// RingCentral "Refresh tokens": seven days unless the App was given others. Of one whose age nobody knows, half of that is
// left on average: it is proved before those that are known to live longer, and after those that are known not to.
const UNKNOWN_LIFE_MS = 3.5 * DAY_MS;

/** What credentials are to be good for. */
export interface CredentialPurpose {
  /** The Connection's own App, where it is known. */
  readonly app: App | undefined;
  /** The extension of the Connection, where it is known. */
  readonly ownerId?: string | undefined;
  readonly now: number;
  /** An App by its name, where a credential names one. */
  findApp(name: string): Promise<App | undefined>;
}

/**
 * What is seen to be wrong with credentials before the platform is asked, which has the last word. An App that is not there
 * is the store's to name.
 *
 * @returns faults of fields such as `credentials/0/assertion`
 */
export async function credentialFaults(credentials: readonly Credential[], purpose: CredentialPurpose): Promise<readonly FieldFault[]> {
  const faults: FieldFault[] = [];
  for (const [position, credential] of credentials.entries()) {
    const app = credential.app === undefined ? purpose.app : await purpose.findApp(credential.app);
    for (const { field, message } of faultsOf(credential, app, purpose)) faults.push({ field: `credentials/${position}/${field}`, message });
  }
  return faults;
}

/**
 * The same credentials with the times until which they are good: of a JWT by its own word, of a refresh token of unknown
 * age by what is likely.
 */
export function withDeadlines(credentials: readonly Credential[], now: number): readonly Credential[] {
  return credentials.map((credential) => {
    if (credential.kind === 'refresh_token') return { refreshExpiresAt: now + UNKNOWN_LIFE_MS, ...credential };
    return credential.kind === 'jwt' ? withExpiry(credential) : credential;
  });
}

function withExpiry(credential: JwtCredential): JwtCredential {
  const expiresAt = jwtExpiresAt(credential.assertion.reveal());
  return expiresAt === undefined ? credential : { ...credential, expiresAt };
}

function faultsOf(credential: Credential, app: App | undefined, purpose: CredentialPurpose): readonly FieldFault[] {
  switch (credential.kind) {
    case 'jwt':
      return app ? jwtFaults(credential, app, purpose) : [];
    case 'client_credentials':
      return clientCredentialsFaults(credential);
    case 'refresh_token':
      return refreshTokenFaults(credential, purpose.now);
    case 'password':
      return [];
  }
}

function jwtFaults({ assertion }: JwtCredential, { platformOrigin }: App, { ownerId, now }: CredentialPurpose): readonly FieldFault[] {
  const mistakes = judgeJwtCredential(assertion.reveal(), { platformOrigin, ownerId }, now);
  return mistakes.map(({ message }) => ({ field: 'assertion', message }));
}

function clientCredentialsFaults({ brandId, accountId, partnerAccountId }: ClientCredentialsCredential): readonly FieldFault[] {
  if (partnerAccountId !== undefined && brandId === undefined) return [{ field: 'brandId', message: 'is required with partnerAccountId' }];
  if (accountId !== undefined && brandId !== undefined)
    return [{ field: 'accountId', message: 'says which account already; leave brandId and partnerAccountId out' }];
  if (accountId === undefined && brandId === undefined) return [{ field: 'brandId', message: 'or accountId is required' }];
  return [];
}

function refreshTokenFaults({ refreshExpiresAt }: RefreshTokenCredential, now: number): readonly FieldFault[] {
  if (refreshExpiresAt === undefined || now < refreshExpiresAt) return [];
  return [{ field: 'refreshExpiresAt', message: `is over since ${new Date(refreshExpiresAt).toISOString()}; its user must sign in again` }];
}
