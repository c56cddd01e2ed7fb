import type { Clock } from '../../runtime/clock.ts';
import type { Fetch } from '../../runtime/fetch.ts';
import type { LimitGroup } from '../rate-limits.ts';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { Pacer } from './pacer.ts';
import { NotAsked } from './statement.ts';

/** Whom to ask, and as whom. */
export interface AccountAccess {
  /** `https://platform.ringcentral.com`, for example. */
  readonly origin: string;
  readonly clientId: string;
  /** Absent for a public app. */
  readonly clientSecret?: string;
  /** A JWT credential of the user's. */
  readonly jwt: string;
}

/** What an account is reached with. */
export interface RealAccountParts {
  readonly access: AccountAccess;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** An answer, read whole. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where the body is no JSON object. */
  readonly json: JsonObject;
}

/** A sign-in, with the tokens that it has brought. */
export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly answer: Seen;
}

/** What a resource request is made of. */
export interface Asked {
  readonly method?: string;
  readonly group: LimitGroup;
  /** The whole Authorization header; none is sent where it is absent. */
  readonly authorization?: string;
  readonly body?: JsonObject;
}

const TOKEN_PATH = '/restapi/oauth/token';
const REVOKE_PATH = '/restapi/oauth/revoke';
const ANSWER_MS = 30_000;
// RingCentral "Rate limits": what to wait where a 429 does not say.
const PENALTY_SECONDS = 30;

/** An account of the platform that statements are asked of: within the platform's limits, and nothing is left behind. */
export class RealAccount {
  readonly pacer: Pacer;
  readonly #parts: RealAccountParts;
  /** An access token of each session that may still be open. */
  readonly #open = new Set<string>();
  /** The session's newest access token, by the refresh tokens that it has had. */
  readonly #tokenOfRefresh = new Map<string, string>();
  readonly #secrets = new Set<string>();
  #reading: SignedIn | undefined;

  constructor(parts: RealAccountParts) {
    this.#parts = parts;
    this.pacer = new Pacer(parts.clock);
    for (const secret of [parts.access.jwt, parts.access.clientSecret]) if (secret) this.#secrets.add(secret);
  }

  sleep(ms: number): Promise<void> {
    return this.#parts.clock.sleep(ms);
  }

  /** A session of the statement's own. @throws NotAsked */
  async signIn(more: Readonly<Record<string, string>> = {}): Promise<SignedIn> {
    const { jwt } = this.#parts.access;
    const answer = await this.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt, ...more });
    const { access_token: accessToken, refresh_token: refreshToken } = answer.json;
    if (typeof accessToken !== 'string') throw new NotAsked(`the sign-in with the JWT was refused: ${refusalOf(answer)}`);
    return { accessToken, refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined, answer };
  }

  /** The one session with which everything is read that changes no session. @throws NotAsked */
  async reading(): Promise<SignedIn> {
    this.#reading ??= await this.signIn();
    return this.#reading;
  }

  /** @returns the refresh token of a session of the statement's own */
  async signInToRefresh(): Promise<SignedIn & { readonly refreshToken: string }> {
    const session = await this.signIn();
    if (session.refreshToken === undefined) throw new NotAsked('the App is issued no refresh tokens');
    return { ...session, refreshToken: session.refreshToken };
  }

  refresh(refreshToken: string): Promise<Seen> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** @param app  the Authorization header; the account's App unless told, '' for none */
  token(form: Readonly<Record<string, string>>, app?: string): Promise<Seen> {
    return this.#postForm(TOKEN_PATH, form, app);
  }

  async revoke(token: string): Promise<Seen> {
    const answer = await this.#postForm(REVOKE_PATH, { token });
    if (answer.status < 300) this.#open.delete(token);
    return answer;
  }

  /** A request to the token endpoint that is no form. */
  async tokenAsJson(): Promise<Seen> {
    return this.#send(TOKEN_PATH, 'Auth', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  }

  /** @throws NotAsked  also where the App or the user lacks the permission */
  async ask(path: string, { method = 'GET', group, authorization, body }: Asked): Promise<Seen> {
    const headers = { ...(authorization !== undefined && { authorization }), ...(body && { 'content-type': 'application/json' }) };
    const answer = await this.#send(path, group, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (answer.status === 403) throw new NotAsked(`the App or its user may not: ${refusalOf(answer)}`);
    return answer;
  }

  /** With the token of the reading session. @throws NotAsked */
  async read(path: string, group: LimitGroup): Promise<Seen> {
    const { accessToken } = await this.reading();
    return this.ask(path, { group, authorization: `Bearer ${accessToken}` });
  }

  /** Ends the sessions that a statement has made. @returns how many could not be ended */
  async tidy({ all = false } = {}): Promise<number> {
    if (all) this.#reading = undefined;
    const kept = this.#reading?.accessToken;
    for (const token of [...this.#open]) if (token !== kept) await this.revoke(token).catch(() => undefined);
    return this.#open.size - (kept !== undefined && this.#open.has(kept) ? 1 : 0);
  }

  /** The text without any secret or token that this account has shown. */
  redact(text: string): string {
    return [...this.#secrets].reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text);
  }

  async #postForm(path: string, form: Readonly<Record<string, string>>, app?: string): Promise<Seen> {
    const { clientId, clientSecret } = this.#parts.access;
    const authorization = app ?? (clientSecret === undefined ? '' : `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
    const isPublic = app === undefined && clientSecret === undefined;
    const body = new URLSearchParams({ ...form, ...(isPublic && { client_id: clientId }) }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(authorization !== '' && { authorization }) };
    const answer = await this.#send(path, 'Auth', { method: 'POST', headers, body });
    this.#remember(answer.json, form);
    return answer;
  }

  #remember({ access_token: accessToken, refresh_token: refreshToken }: JsonObject, form: Readonly<Record<string, string>>): void {
    for (const token of [accessToken, refreshToken]) if (typeof token === 'string') this.#secrets.add(token);
    if (typeof accessToken !== 'string') return;
    // One session, whichever of its tokens is the newest.
    const before = form.refresh_token === undefined ? undefined : this.#tokenOfRefresh.get(form.refresh_token);
    if (before !== undefined) this.#open.delete(before);
    this.#open.add(accessToken);
    for (const token of [refreshToken, form.refresh_token]) if (typeof token === 'string') this.#tokenOfRefresh.set(token, accessToken);
  }

  async #send(path: string, group: LimitGroup, init: RequestInit): Promise<Seen> {
    const first = await this.#sendOnce(path, group, init);
    if (first.status !== 429) return first;
    await this.sleep(1_000 * (Number(first.headers.get('retry-after')) || PENALTY_SECONDS));
    const second = await this.#sendOnce(path, group, init);
    if (second.status === 429) throw new NotAsked('the platform asks to wait (429): somebody else uses the App at the same time');
    return second;
  }

  async #sendOnce(path: string, group: LimitGroup, init: RequestInit): Promise<Seen> {
    const { access, fetch, clock } = this.#parts;
    await this.pacer.take(group);
    try {
      const response = await fetch(access.origin + path, { ...init, redirect: 'manual', signal: clock.deadline(ANSWER_MS) });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
    } catch (error) {
      const { cause, message } = error as Error;
      throw new NotAsked(`no answer from ${access.origin}: ${cause instanceof Error ? cause.message : message}`);
    }
  }
}

/** A refusal by its codes. */
export function refusalOf({ status, json }: Seen): string {
  const [item] = Array.isArray(json.errors) ? json.errors : [];
  const finer = isJsonObject(item) ? item.errorCode : undefined;
  return [status, json.errorCode ?? json.error, finer].filter((part) => part !== undefined).join(' ');
}

function jsonOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
