import type { Owner } from '../directory.ts';

/** What the platform tells an app of a user, as `userinfo` answers it. @see RingCentral OpenAPI `getUserInfo` */
export interface IdentityClaims {
  readonly sub: string;
  readonly account_id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly given_name: string;
  readonly family_name: string;
}

/** The directory has one name; its first word is taken for the given one. */
export function identityClaimsOf({ account, extension }: Owner): IdentityClaims {
  const [givenName = '', ...familyName] = extension.name.split(' ');
  return {
    sub: String(extension.id),
    account_id: String(account.id),
    email: extension.email,
    email_verified: true,
    given_name: givenName,
    family_name: familyName.join(' '),
  };
}
