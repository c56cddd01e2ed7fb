import type { App, Owner } from '../directory.ts';
import { type OauthError, oauthRefusal } from '../wire/oauth-refusal.ts';

/** Why somebody who has shown who he is may still not come in. */
export interface Refusal {
  readonly error: OauthError;
  readonly errorCode: string;
  readonly message: string;
}

/**
 * Why this user may not sign in at this app; nothing where he may.
 *
 * Which code the platform has for a private app of another account is not documented.
 */
export function refusalOf(app: App, { account, extension }: Owner): Refusal | undefined {
  if ((extension.status ?? 'Enabled') !== 'Enabled')
    return { error: 'invalid_grant', errorCode: 'OAU-141', message: 'The state of the extension does not allow a login' };
  if (app.access === 'Private' && app.accountId !== undefined && app.accountId !== account.id)
    return { error: 'unauthorized_client', errorCode: 'OAU-121', message: 'This application is private to another account' };
  return undefined;
}

/**
 * Lets a user in at a token request.
 *
 * @returns the `owner_id`
 * @throws Refused  400: OAU-136 (there is no such user any more), OAU-141 or OAU-121
 */
export function admit(app: App, owner: Owner | undefined): string {
  if (!owner) throw oauthRefusal('invalid_grant', 'OAU-136', 'Extension is not found');
  const refusal = refusalOf(app, owner);
  if (refusal) throw oauthRefusal(refusal.error, refusal.errorCode, refusal.message);
  return String(owner.extension.id);
}
