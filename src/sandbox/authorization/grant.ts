import type { App } from '../directory.ts';
import type { Form } from '../wire/form.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';
import type { World } from '../world.ts';
import type { Lifetimes } from './lifetimes.ts';
import type { Session } from './session.ts';

/** Every `grant_type` that the platform has ever named in its public documents. */
export const GRANT_TYPES: readonly string[] = [
  'authorization_code',
  'client_credentials',
  'partner_jwt',
  'password',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

/** A way to get tokens: one file below `grants/`. */
export interface Grant {
  /** As `grant_type` names it. */
  readonly grantType: string;
  /** @throws Refused  with the platform's reason */
  handle(request: GrantRequest): Session;
}

/** A token request of an app that has shown who it is. */
export interface GrantRequest {
  readonly world: World;
  readonly app: App;
  readonly form: Form;
  /** The permissions it asks for; absent: all of the app's. */
  readonly scope: readonly string[] | undefined;
  readonly lifetimes: Lifetimes;
}

/**
 * A parameter that the grant cannot do without.
 *
 * @throws Refused  400 invalid_request
 */
export function requireParameter(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw oauthRefusal('invalid_request', 'CMN-101', `Parameter [${name}] value is invalid`, { parameter: { name, value: '' } });
  return value;
}
