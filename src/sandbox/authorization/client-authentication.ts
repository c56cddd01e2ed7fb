import type { App, Directory } from '../directory.ts';
import type { Form } from '../wire/form.ts';
import { oauthRefusal, REALM } from '../wire/oauth-refusal.ts';

/**
 * Which app sends this request: by Basic authentication, or, for a public app, by `client_id` in the body.
 *
 * Id and secret are compared as they are, not percent-decoded, because RingCentral's SDKs send them raw. A `client_id`
 * beside Basic is ignored: two SDKs always send both.
 *
 * @throws Refused  OAU-123: neither is there; OAU-153: no such app, or not its secret
 */
export function authenticateApp(directory: Directory, authorization: string | undefined, form: Form): App {
  const shown = readBasic(authorization) ?? readPublic(form);
  if (!shown) throw oauthRefusal('invalid_client', 'OAU-123', 'Client authentication is required', { challenge: `Basic realm="${REALM}"` });
  const app = directory.findApp(shown.clientId);
  if (!app || app.clientSecret !== shown.clientSecret) throw invalidClient(shown.clientId);
  return app;
}

interface Shown {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

function readBasic(authorization: string | undefined): Shown | undefined {
  const [, encoded] = /^Basic +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId, clientSecret: secret.join(':') };
}

function readPublic(form: Form): Shown | undefined {
  const clientId = form.get('client_id');
  return clientId === undefined ? undefined : { clientId, clientSecret: undefined };
}

function invalidClient(clientId: string) {
  // It goes into a header, so it may hold nothing that would end its quotes or the line.
  const shown = clientId.slice(0, 100).replace(/[^\x20-\x7e]|["\\]/g, '?');
  const message = `Invalid client application: [${shown}]`;
  return oauthRefusal('invalid_client', 'OAU-153', message, {
    challenge: `Bearer realm="${REALM}", error="invalid_client", error_description="${message}"`,
    parameter: { name: 'client_id', value: shown },
  });
}
