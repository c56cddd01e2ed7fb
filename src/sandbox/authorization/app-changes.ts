import { randomText } from '../../runtime/random.ts';
import type { App, AuthMethod } from '../directory.ts';
import type { World } from '../world.ts';
import { forbiddenByKind } from './flow-matrix.ts';
import { faultOf } from './redirect-uri.ts';

/** An app's settings cannot be changed like that; the message says why and what to do, `field` which. */
export class AppChangeRefused extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Who changes an app: whoever owns it, in the developer console, or the platform's support. */
export type ChangedBy = 'owner' | 'support';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const GRANTS_OF: Readonly<Record<Exclude<AuthMethod, 'custom'>, string>> = { password: 'password', code: 'authorization_code', jwt: JWT_BEARER };
const SIGN_IN_GRANTS: ReadonlySet<string> = new Set(Object.values(GRANTS_OF));
const SECRET_BYTES = 32;

/**
 * Changes how an app signs in. There is no way back to the password; several ways at once (`custom`) are a matter of
 * support's, and from then on so is every change.
 *
 * @param grantTypes  with `custom`: the ways to sign in
 * @throws AppChangeRefused
 * @see RingCentral, guidance on leaving the password grant (2022)
 */
export function changeAuthMethod(app: App, authMethod: AuthMethod, by: ChangedBy, grantTypes: readonly string[] = []): App {
  const before = app.authMethod ?? 'custom';
  if (by === 'owner' && before === 'custom')
    throw new AppChangeRefused('authMethod', 'is a custom setting, which its owner cannot change; ask support to give the app back (by: support)');
  if (by === 'owner' && authMethod === 'custom')
    throw new AppChangeRefused('authMethod', 'can be custom by support only; ask for it (by: support), or register a second app for the new method');
  if (by === 'owner' && authMethod === 'password' && before !== 'password')
    throw new AppChangeRefused('authMethod', `has been converted to ${before}, and there is no way back to password; register a second app for tests with it`);
  const signIn = authMethod === 'custom' ? grantTypes : [GRANTS_OF[authMethod]];
  if (signIn.length === 0) throw new AppChangeRefused('grantTypes', 'are needed for a custom setting');
  const strange = signIn.find((grantType) => !SIGN_IN_GRANTS.has(grantType));
  if (strange !== undefined)
    throw new AppChangeRefused('grantTypes', `has ${strange}, which is no way to sign in; there are ${[...SIGN_IN_GRANTS].join(', ')}`);
  for (const grantType of signIn) {
    const reason = forbiddenByKind(app, grantType);
    if (reason !== undefined) throw new AppChangeRefused('authMethod', `cannot be this one: ${reason}`);
  }
  return { ...app, authMethod, grantTypes: [...signIn, ...app.grantTypes.filter((grantType) => !SIGN_IN_GRANTS.has(grantType))] };
}

/** Switches refresh tokens on or off. Those that were issued before are of no use while it is off. */
export function switchRefreshTokens(app: App, isOn: boolean): App {
  const others = app.grantTypes.filter((grantType) => grantType !== 'refresh_token');
  return { ...app, grantTypes: isOn ? [...others, 'refresh_token'] : others };
}

/** @throws AppChangeRefused  one of them is no place to send a browser to */
export function changeRedirectUris(app: App, redirectUris: readonly string[]): App {
  for (const [index, redirectUri] of redirectUris.entries()) {
    const fault = faultOf(redirectUri);
    if (fault !== undefined) throw new AppChangeRefused(`redirectUris.${index}`, fault);
  }
  return { ...app, redirectUris };
}

/**
 * A new secret; the one before it stays good until the roll is ended.
 *
 * @throws AppChangeRefused  the app has none
 */
export function rollSecret(world: World, app: App): App {
  if (app.clientSecret === undefined) throw new AppChangeRefused('secret', 'cannot be rolled: the app has none');
  return { ...app, clientSecret: `SBXK${randomText(world.random, SECRET_BYTES)}`, olderSecrets: [app.clientSecret, ...(app.olderSecrets ?? [])] };
}

/** From now on only the newest secret is good. */
export function endSecretRoll({ olderSecrets: _older, ...app }: App): App {
  return app;
}
