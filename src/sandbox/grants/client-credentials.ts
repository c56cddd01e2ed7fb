import { type GrantRequest, requireParameter } from '../authorization/grant.ts';
import type { Session, Subject } from '../authorization/session.ts';
import type { Account } from '../directory.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';

/** A trusted partner's app, without a user. */
export const grantType = 'client_credentials';

/**
 * Starts a signup session (`brand_id` alone), or one that is bound to an account (`account_id`, or `brand_id` with
 * `partner_account_id`). Neither has a refresh token.
 *
 * @throws Refused  400: CMN-101 (nothing says which), OAU-101 (not its brand), OAU-222 (no such account)
 * @see RingCentral OAuth 2.0 (2016), "Client Credentials Authorization Flow"
 */
export function handle(request: GrantRequest): Session {
  const { world, app, form, scope, lifetimes } = request;
  return world.sessions.signIn({
    app,
    subject: subjectOf(request, app.brandIds ?? []),
    endpointId: form.get('endpoint_id'),
    lifetimes: { accessMs: lifetimes.accessMs },
    scope,
    identity: undefined,
  });
}

/** 400: the grant is for trusted partners' apps. */
export function notAPartner() {
  return oauthRefusal('unauthorized_client', 'OAU-270', 'Client credentials are for applications of trusted partners');
}

function subjectOf({ world, form }: GrantRequest, brandIds: readonly string[]): Subject {
  const accountId = form.get('account_id');
  const brandId = accountId === undefined ? requireParameter(form, 'brand_id') : form.get('brand_id');
  if (brandId !== undefined && !brandIds.includes(brandId))
    throw oauthRefusal('invalid_request', 'OAU-101', 'brand_id is invalid', { parameter: { name: 'brand_id', value: brandId.slice(0, 100) } });
  const partnerAccountId = form.get('partner_account_id');
  if (accountId === undefined && partnerAccountId === undefined && brandId !== undefined) return { kind: 'signup', brandId };
  const isMeant = (account: Account) =>
    brandIds.includes(brandOf(account)) &&
    (brandId ?? brandOf(account)) === brandOf(account) &&
    (accountId ?? String(account.id)) === String(account.id) &&
    (partnerAccountId ?? account.partnerAccountId) === account.partnerAccountId;
  const account = world.directory.listAccounts().find(isMeant);
  if (!account) throw oauthRefusal('invalid_grant', 'OAU-222', 'Account does not exist');
  return { kind: 'account', accountId: String(account.id) };
}

// RingCentral in the United States, where the account does not say.
function brandOf({ brandId = '1210' }: Account): string {
  return brandId;
}
