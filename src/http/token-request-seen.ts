import type { Fetch } from '../runtime/fetch.ts';

const TOKEN_PATH = '/restapi/oauth/token';
// What a token request to RingCX is called in the label of the grant type.
const RINGCX_PATHS: Readonly<Record<string, string>> = {
  '/api/auth/login/rc/accesstoken': 'ringcx_exchange',
  '/api/auth/token/refresh': 'ringcx_refresh',
};
// What a grant type is called in a label; RFC 6749 §4.1, §4.3, §4.4, §6 and RFC 7523 §2.1.
const GRANT_TYPES: Readonly<Record<string, string>> = {
  password: 'password',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  authorization_code: 'authorization_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'jwt',
};

/** What is seen of a token request that leaves, to be counted. */
export interface SeenTokenRequest {
  /** As a label names it. */
  readonly grantType: string;
  /** The one that it presents, where it does. */
  readonly refreshToken: string | undefined;
  /** Which App it says it is, at which platform; a request to RingCX does not say. */
  readonly client: { readonly origin: string; readonly id: string } | undefined;
}

/** What is seen of a request that leaves; nothing where it is none for a token. */
export function tokenRequestIn(url: Parameters<Fetch>[0], init: RequestInit | undefined): SeenTokenRequest | undefined {
  const { pathname, origin } = new URL(url);
  const form = init?.body instanceof URLSearchParams ? init.body : new URLSearchParams();
  const ringCx = Object.hasOwn(RINGCX_PATHS, pathname) ? RINGCX_PATHS[pathname] : undefined;
  if (ringCx !== undefined) return { grantType: ringCx, refreshToken: undefined, client: undefined };
  if (pathname !== TOKEN_PATH) return undefined;
  const grantType = GRANT_TYPES[form.get('grant_type') ?? ''] ?? 'other';
  const refreshToken = grantType === 'refresh_token' ? (form.get('refresh_token') ?? undefined) : undefined;
  return { grantType, refreshToken, client: { origin, id: clientIdOf(init, form) } };
}

/** Of the pair in Basic authentication only the id is read. */
function clientIdOf(init: RequestInit | undefined, form: URLSearchParams): string {
  const [, encoded] = /^Basic +(\S+)$/i.exec(new Headers(init?.headers).get('authorization') ?? '') ?? [];
  if (encoded === undefined) return form.get('client_id') ?? '';
  const pair = Buffer.from(encoded, 'base64').toString('latin1');
  return pair.slice(0, pair.indexOf(':')).replaceAll('%3A', ':');
}
