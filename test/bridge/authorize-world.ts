import { onTestFinished } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { allowed } from '../connect/consent.ts';
import { gateway } from '../http/gateway.ts';
import { TOKEN_PATH } from '../world.ts';
import { basic } from './world.ts';

/** Where the program wants its user back; nothing listens there. */
export const CALLBACK = 'https://shop.example.com/callback';
export const PROGRAM = basic('old-app', 'old-app-secret');
const AUTHORIZE = '/restapi/oauth/authorize';

/**
 * A gateway that listens, with the Client `shop`: it has Connection `shared` of App `web`, and sends its users to sign in.
 *
 * @param bridge       with what it signs in
 * @param knowsItsUrl  whether the gateway does: `TRUNKLINE_PUBLIC_URL`
 */
export async function authorizeWorld(bridge: object = { clientId: 'old-app', clientSecret: 'old-app-secret', redirectUris: [CALLBACK] }, knowsItsUrl = true) {
  let publicUrl = '';
  const at = await gateway({ publicUrl: () => (knowsItsUrl ? publicUrl : undefined) });
  publicUrl = await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => at.server.close());
  const redirectUri = `${publicUrl}/connect/callback/web`;
  await fetch(`${at.sandbox.origin}/_sandbox/apps/${DEMO.app.clientId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirectUris: [redirectUri] }),
  });
  await at.apps.createApp({
    name: 'web',
    platformOrigin: at.sandbox.origin,
    clientId: DEMO.app.clientId,
    clientSecret: new Secret(DEMO.app.clientSecret),
    redirectUris: [redirectUri],
  });
  const credentials = [{ kind: 'password', username: '18887776655', extension: '102', password: 'Myp@ssw0rd' }];
  await at.manage('POST', 'connections', { name: 'shared', app: 'web', credentials });
  await at.manage('POST', 'clients', { name: 'shop', connections: ['shared'], bridge });

  const authorize = (query: Readonly<Record<string, string>> | string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${publicUrl}${AUTHORIZE}?${typeof query === 'string' ? query : new URLSearchParams(query)}`, { redirect: 'manual', headers });
  /** To the platform and back: what the browser is told at the gateway's callback. */
  const comeBack = async (query: Readonly<Record<string, string>> | string, change = (callback: string) => callback): Promise<Response> => {
    const begun = await authorize(query);
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const callback = await allowed(at.sandbox.origin, begun.headers.get('location') ?? '');
    return fetch(change(callback), { redirect: 'manual', headers: { cookie } });
  };
  return {
    ...at,
    publicUrl,
    redirectUri,
    authorize,
    comeBack,
    /** The same, to the code that the program is sent. */
    codeFor: async (query: Readonly<Record<string, string>>): Promise<string> =>
      new URL((await comeBack(query)).headers.get('location') ?? '').searchParams.get('code') ?? '',
    redeem: async (form: Readonly<Record<string, string>>, authorization = PROGRAM) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(authorization !== '' && { authorization }) };
      const body = new URLSearchParams({ grant_type: 'authorization_code', ...form });
      const response = await fetch(publicUrl + TOKEN_PATH, { method: 'POST', headers, body: body.toString() });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    extensionOf: async (token: unknown) => {
      const response = await fetch(`${publicUrl}/restapi/v1.0/account/~/extension/~`, { headers: { authorization: `bearer ${token}` } });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}
