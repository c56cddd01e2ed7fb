import { createHash } from 'node:crypto';
import type { App } from '../domain/app.ts';
import { Secret } from '../domain/secret.ts';
import { type Random, randomText } from '../runtime/random.ts';
import type { TokenAnswer } from './token-answer.ts';
import { type TokenApp, tokenRequest, type Wire } from './token-request.ts';

// RFC 7636 §7.1: 32 bytes, which make 43 characters.
const VERIFIER_BYTES = 32;
// 256 bits, where RFC 6749 §10.10 asks for 128: no guess can hit.
const STATE_BYTES = 32;

/**
 * PKCE's `code_verifier`, new for each attempt: 43 unreserved characters from 32 random bytes.
 *
 * @see RFC 7636 §4.1, §7.1
 */
export function createVerifier(random: Random): Secret {
  return new Secret(randomText(random, VERIFIER_BYTES));
}

/**
 * A `state` that nobody guesses: 43 characters from 32 random bytes.
 *
 * @see RFC 6749 §10.10, §10.12
 */
export function createState(random: Random): Secret {
  return new Secret(randomText(random, STATE_BYTES));
}

/**
 * PKCE's `code_challenge` by S256, without padding. There is no other method here.
 *
 * @see RFC 7636 §4.2, appendix A, appendix B
 */
export function codeChallenge(verifier: Secret): string {
  return createHash('sha256').update(verifier.reveal(), 'ascii').digest('base64url');
}

/** What an authorization request says. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: Secret;
  readonly verifier: Secret;
  /** Whom the platform's login page is to expect, where that is known. */
  readonly loginHint?: string;
  /** How the platform's pages are to look and what they are to ask, in the platform's own words. */
  readonly hints?: Readonly<Record<string, string>>;
}

/**
 * Where a person's browser goes to allow the App something. No scope is asked for: what the App may do is what is set in
 * the developer console.
 *
 * @see RFC 6749 §4.1.1; RFC 7636 §4.3; RingCentral "Authorization code flow"
 */
export function authorizationUrl(
  app: Pick<App, 'platformOrigin' | 'clientId'>,
  { redirectUri, state, verifier, loginHint, hints = {} }: AuthorizationRequest,
): string {
  const url = new URL('/restapi/oauth/authorize', app.platformOrigin);
  // First, so that none of them takes the place of what follows.
  for (const [name, value] of Object.entries(hints)) url.searchParams.set(name, value);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', app.clientId);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('state', state.reveal());
  url.searchParams.set('code_challenge', codeChallenge(verifier));
  url.searchParams.set('code_challenge_method', 'S256');
  // An empty parameter is not one that is absent, to a strict server.
  if (loginHint) url.searchParams.set('login_hint', loginHint);
  return url.href;
}

/** What is exchanged for tokens. */
export interface AuthorizationCode {
  readonly code: Secret;
  /** Byte for byte what the authorization request said. */
  readonly redirectUri: string;
  readonly verifier: Secret;
}

/**
 * Exchanges an authorization code for tokens; judge the answer with `processTokenAnswer`.
 *
 * After an unclear answer it may be asked again: where the first request took effect, the second ends the session that
 * nobody heard of.
 *
 * @throws PlatformUnreachable
 * @see RFC 6749 §4.1.3; RFC 7636 §4.5
 */
export function authorizationCodeGrantRequest(app: TokenApp, { code, redirectUri, verifier }: AuthorizationCode, wire: Wire): Promise<TokenAnswer> {
  return tokenRequest(app, 'authorization_code', { code: code.reveal(), redirect_uri: redirectUri, code_verifier: verifier.reveal() }, wire);
}
