import type { App } from '../directory.ts';
import type { Form } from '../wire/form.ts';
import { oauthRefusal, REALM } from '../wire/oauth-refusal.ts';
import type { World } from '../world.ts';
import { CLIENT_ASSERTION_TYPE, isProof, issuerOf } from './client-assertion.ts';

/**
 * Which app sends this request: by Basic authentication, by an assertion, or, for one without a secret, by `client_id` in
 * the body.
 *
 * Id and secret are compared as they are, not percent-decoded, because RingCentral's SDKs send them raw. A `client_id`
 * beside Basic is ignored: two SDKs always send both. A `client_secret` in the body is no way to sign in; the platform
 * then names no app in its refusal.
 *
 * @throws Refused  OAU-123: nothing is there; OAU-153: no such app, or not its secret; OAU-146: the assertion does not hold
 */
export function authenticateApp(world: World, authorization: string | undefined, form: Form): App {
  const basic = authorization === undefined ? undefined : readBasic(authorization);
  if (form.has('client_assertion') || form.has('client_assertion_type')) return authenticateByAssertion(world, basic !== undefined, form);
  if (basic) {
    const app = world.directory.findApp(basic.clientId);
    if (app?.clientSecret === undefined || (app.clientSecret !== basic.secret && !app.olderSecrets?.includes(basic.secret)))
      throw invalidClient(basic.clientId);
    return app;
  }
  if (form.has('client_secret')) throw invalidClient('');
  const clientId = form.get('client_id');
  if (clientId === undefined) throw oauthRefusal('invalid_client', 'OAU-123', 'Client authentication is required', { challenge: `Basic realm="${REALM}"` });
  const app = world.directory.findApp(clientId);
  if (!app || app.clientSecret !== undefined || app.publicKeys !== undefined) throw invalidClient(clientId);
  return app;
}

function readBasic(authorization: string): { readonly clientId: string; readonly secret: string } | undefined {
  const [, encoded] = /^Basic +(\S+) *$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? { clientId: text, secret: '' } : { clientId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function authenticateByAssertion(world: World, hasBasic: boolean, form: Form): App {
  const assertion = form.get('client_assertion') ?? '';
  // RFC 6749 §2.3: one way for one request.
  if (hasBasic || form.get('client_assertion_type') !== CLIENT_ASSERTION_TYPE || assertion === '')
    throw oauthRefusal('invalid_request', 'CMN-101', 'Parameter [client_assertion_type] value is invalid', {
      parameter: { name: 'client_assertion_type', value: '' },
    });
  const clientId = issuerOf(assertion);
  const app = world.directory.findApp(clientId);
  if (!app || (form.get('client_id') ?? clientId) !== clientId) throw invalidClient(form.get('client_id') ?? clientId);
  if (!isProof(world, app, assertion)) throw oauthRefusal('invalid_client', 'OAU-146', 'Invalid client credentials');
  return app;
}

/** 400: there is no such app, or it has not shown that it is the one. */
export function invalidClient(clientId: string) {
  // It goes into a header, so it may hold nothing that would end its quotes or the line.
  const shown = clientId.slice(0, 100).replace(/[^\x20-\x7e]|["\\]/g, '?');
  const message = `Invalid client application: [${shown}]`;
  return oauthRefusal('invalid_client', 'OAU-153', message, {
    challenge: `Bearer realm="${REALM}", error="invalid_client", error_description="${message}"`,
    parameter: { name: 'client_id', value: shown },
  });
}
