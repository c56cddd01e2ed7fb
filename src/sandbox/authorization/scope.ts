import { withIncluded } from '../../ringcentral/facts/permissions.ts';
import type { App } from '../directory.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';
import type { Session } from './session.ts';

/** What OpenID Connect adds to the permissions. */
export const IDENTITY_SCOPES: readonly string[] = ['openid', 'email', 'profile'];

/**
 * The permissions that a token request asks for; nothing where it asks for all of the app's.
 *
 * RingCentral's OpenAPI file has `scope` narrow the permissions, its guide has it ignored at the login page: so it is heard
 * at the token endpoint, and only OpenID's words are at the other.
 *
 * @throws Refused  400 invalid_scope OAU-117: the app has not got one of them
 */
export function readScope(app: App, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const wanted = text.split(' ').filter((name) => name !== '' && !IDENTITY_SCOPES.includes(name));
  const granted = new Set(app.permissions.flatMap((permission) => [...withIncluded(permission)]));
  const strange = wanted.find((name) => !granted.has(name));
  if (strange !== undefined) throw invalidScope(strange);
  return wanted.length === 0 ? undefined : wanted;
}

/** The words of OpenID Connect among those asked for; without `openid` they mean nothing. */
export function readIdentityScopes(text: string | undefined): readonly string[] | undefined {
  const wanted = text?.split(' ') ?? [];
  return wanted.includes('openid') ? IDENTITY_SCOPES.filter((name) => wanted.includes(name)) : undefined;
}

/** The narrower of what a session has and what its refresh asks for. @throws Refused  400 invalid_scope */
export function narrowed(has: readonly string[] | undefined, wanted: readonly string[] | undefined): readonly string[] | undefined {
  if (!has || !wanted) return wanted ?? has;
  const strange = wanted.find((name) => !isWithin(has, name));
  if (strange !== undefined) throw invalidScope(strange);
  return wanted;
}

/** Whether a session's tokens carry a permission that its app has. */
export function carries({ scope }: Pick<Session, 'scope'>, permission: string): boolean {
  return scope === undefined || isWithin(scope, permission);
}

/** As `scope` in a token answer lists it. */
export function scopeText(app: App, { scope, identity }: Pick<Session, 'scope' | 'identity'>): string {
  const permissions = (scope ?? app.permissions).join(' ');
  return identity ? `${identity.scopes.join(' ')} ${permissions}` : permissions;
}

function isWithin(scope: readonly string[], permission: string): boolean {
  return scope.some((name) => withIncluded(name).has(permission));
}

function invalidScope(name: string) {
  const shown = name.slice(0, 100);
  return oauthRefusal('invalid_scope', 'OAU-117', `The application has not got the scope [${shown}]`, { parameter: { name: 'scope', value: shown } });
}
