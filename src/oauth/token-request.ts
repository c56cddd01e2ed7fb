import { allowInsecureRequests, type ClientAuth, customFetch, genericTokenEndpointRequest } from 'oauth4webapi';
import type { App, AppSettings } from '../domain/app.ts';
import { PlatformUnreachable } from '../domain/errors.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { readText } from '../runtime/read-text.ts';
import type { TokenAnswer } from './token-answer.ts';

/** The parts of an App that a token request needs. */
export type TokenApp = Pick<App, 'name' | 'platformOrigin' | 'clientId' | 'clientSecret'> & AppSettings;

/** How a token request travels. */
export interface Wire {
  readonly fetch: Fetch;
  /** Aborts the request; the answer is then unclear (docs/guarantees.md, G3). */
  readonly signal: AbortSignal;
}

// A token answer has about 1 KB. A larger one is something else, and is not read to its end.
const ANSWER_LIMIT_BYTES = 64 * 1024;

/**
 * Sends one request to the App's token endpoint and reads the answer, which is not yet judged.
 *
 * @throws PlatformUnreachable  when no whole answer came; whether the request took effect is unknown then
 * @see RFC 6749 §3.2; RingCentral "Get access token"
 */
export async function tokenRequest(app: TokenApp, grantType: string, parameters: Readonly<Record<string, string>>, wire: Wire): Promise<TokenAnswer> {
  const form = { ...parameters, ...settingParameters(app) };
  const server = { issuer: app.platformOrigin, token_endpoint: `${app.platformOrigin}/restapi/oauth/token` };
  try {
    const response = await genericTokenEndpointRequest(server, { client_id: app.clientId }, clientAuthentication(app), grantType, form, {
      [customFetch]: (url, init) => wire.fetch(url, init as RequestInit),
      // The sandbox speaks http on this machine; `originFault` refuses http for any other host.
      [allowInsecureRequests]: true,
      signal: wire.signal,
    });
    return { status: response.status, headers: response.headers, text: await readText(response, ANSWER_LIMIT_BYTES) };
  } catch (cause) {
    throw new PlatformUnreachable(app.platformOrigin, cause);
  }
}

// Parameters of every grant. A refresh token's 0 means that none is wanted.
function settingParameters({ accessTokenTtlMs, refreshTokenTtlMs, endpointId }: AppSettings): Readonly<Record<string, string>> {
  return {
    ...(accessTokenTtlMs !== undefined && { access_token_ttl: String(accessTokenTtlMs / 1_000) }),
    ...(refreshTokenTtlMs !== undefined && { refresh_token_ttl: String(refreshTokenTtlMs / 1_000) }),
    ...(endpointId !== undefined && { endpoint_id: endpointId }),
  };
}

/**
 * How an App says who it is: by Basic, or, a public one, by `client_id` in the body.
 *
 * The library would percent-encode `-`, `_` and `.` of the id and secret (RFC 6749 §2.3.1); RingCentral compares them as
 * they are, and its SDKs send them so. Only `:` in the id and what is not ASCII has to be encoded.
 */
export function clientAuthentication(app: Pick<TokenApp, 'clientSecret'>): ClientAuth {
  return (_server, client, body, headers) => {
    if (!app.clientSecret) {
      body.set('client_id', client.client_id);
      return;
    }
    const pair = `${asciiOnly(client.client_id).replaceAll(':', '%3A')}:${asciiOnly(app.clientSecret.reveal())}`;
    headers.set('authorization', `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`);
  };
}

function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, (other) => encodeURIComponent(other));
}
