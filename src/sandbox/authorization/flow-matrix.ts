import type { App } from '../directory.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';

/**
 * Why the platform does not let an app of this kind use a grant, whatever its settings are; nothing where it does.
 *
 * @see RingCentral OAuth 2.0 (2016), "Authorization Flows": no password grant for public apps, nor for private ones that
 *   are browser-based or server/web; no authorization code for apps without a user interface
 */
export function forbiddenByKind({ access, platformType }: Pick<App, 'access' | 'platformType'>, grantType: string): string | undefined {
  if (grantType === 'authorization_code' && platformType === 'ServerOnly') return 'an app without a user interface has nobody to sign in by a code';
  if (grantType !== 'password') return undefined;
  if (access === 'Public') return 'a public app may not take passwords';
  if (platformType === 'BrowserBased' || platformType === 'ServerWeb') return 'an app on the web may not take passwords';
  return undefined;
}

/** Whether the app may use a grant: its settings have it, and its kind allows it. */
export function mayUse(app: App, grantType: string): boolean {
  return app.grantTypes.includes(grantType) && forbiddenByKind(app, grantType) === undefined;
}

/** 400: the app may not use this grant. */
export function unauthorizedGrant() {
  return oauthRefusal('unauthorized_client', 'OAU-251', 'Unauthorized for this grant type');
}
