import { createHash } from 'node:crypto';
import type { BridgeWish } from '../domain/bridge-code.ts';
import { type AskingStore, findAskingProgram } from './asking-program.ts';
import type { Form } from './form.ts';
import { RedirectRefused } from './redirect-refused.ts';
import { BridgeRefused, invalidParameter } from './refusal.ts';

/** What a program sends its user's browser here for. */
export interface AskedAuthorization {
  readonly wish: BridgeWish;
  /** The App with which the user signs in at the platform. */
  readonly app: string;
  /** What is said to the platform's sign-in page. */
  readonly hints: Readonly<Record<string, string>>;
}

// The JavaScript SDK repeats these for each of their values, and sends all that it knows, mostly empty.
const REPEATABLE: ReadonlySet<string> = new Set(['ui_options', 'response_hint']);
// How the platform's page looks and whom it asks is the platform's to judge.
const HINTS = ['brand_id', 'display', 'prompt', 'ui_locales', 'localeId', 'login_hint'] as const;
const LONGEST_HINT = 200;
const LONGEST_STATE = 4_000;
// RFC 7636 §4.1, §4.2.
const PKCE = /^[\w.~-]{43,128}$/;

/**
 * Reads an authorization request.
 *
 * @throws BridgeRefused    client id or redirect URI are not sure
 * @throws RedirectRefused  whatever else is wrong
 * @see RFC 6749 §4.1.1; RFC 7636 §4.3; RingCentral OpenAPI `authorize`
 */
export async function readAuthorizationRequest(store: AskingStore, sent: URLSearchParams): Promise<AskedAuthorization> {
  const form = withoutEmpty(sent);
  const clientId = form.get('client_id');
  if (clientId === undefined) throw invalidParameter('client_id');
  const { client, app, hasSecret, redirectUri, isRedirectUriNamed } = await findAskingProgram(store, clientId, form.get('redirect_uri'));
  const state = form.get('state');
  const to = { redirectUri, state };
  if (state !== undefined && state.length > LONGEST_STATE) throw new RedirectRefused({ redirectUri }, 'invalid_request', 'Parameter [state] value is invalid');
  if (!form.has('response_type')) throw new RedirectRefused(to, 'invalid_request', 'Parameter [response_type] value is invalid');
  if (form.get('response_type') !== 'code') throw new RedirectRefused(to, 'unsupported_response_type', 'Unsupported response type');
  const challenge = readChallenge(form, hasSecret, to);
  return {
    wish: { client, clientId, redirectUri, isRedirectUriNamed, ...(state !== undefined && { state }), ...(challenge !== undefined && { challenge }) },
    app,
    hints: Object.fromEntries(HINTS.flatMap((name) => (isHint(form.get(name)) ? [[name, form.get(name) as string]] : []))),
  };
}

/** Whether a verifier is the one of which the challenge was made. @see RFC 7636 §4.6 */
export function verifies(challenge: string, verifier: string): boolean {
  return PKCE.test(verifier) && challengeOf(verifier) === challenge;
}

/** By S256, whichever way the program has told its challenge: so that no verifier rests. */
function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function readChallenge(form: Form, hasSecret: boolean, to: ConstructorParameters<typeof RedirectRefused>[0]): string | undefined {
  const refused = (description: string) => new RedirectRefused(to, 'invalid_request', description);
  const value = form.get('code_challenge');
  // RFC 7636 §4.3: `plain` unless told.
  const method = form.get('code_challenge_method') ?? 'plain';
  if (method !== 'plain' && method !== 'S256') throw refused('Transform algorithm not supported');
  if (value === undefined) {
    if (form.has('code_challenge_method')) throw refused('Parameter [code_challenge] value is invalid');
    // RFC 9700 §2.1.1: whoever has no secret must use it.
    if (!hasSecret) throw refused('Code challenge required');
    return undefined;
  }
  if (!PKCE.test(value)) throw refused('Parameter [code_challenge] value is invalid');
  return method === 'plain' ? challengeOf(value) : value;
}

function isHint(value: string | undefined): boolean {
  return value !== undefined && value.length <= LONGEST_HINT;
}

function withoutEmpty(sent: URLSearchParams): Form {
  const form = new Map<string, string>();
  for (const [name, value] of sent) {
    if (value === '' || REPEATABLE.has(name)) continue;
    if (form.has(name))
      throw new BridgeRefused('invalid_request', 'OAU-111', 'Duplicate request parameter', { parameter: { name: name.slice(0, 100), value: '' } });
    form.set(name, value);
  }
  return form;
}
