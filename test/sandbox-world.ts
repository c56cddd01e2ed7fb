import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Clock } from '../src/runtime/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/sandbox/start.ts';

/** Stands still, so that only the sandbox's own control moves the time; sleepers are woken by hand. */
export class StillClock implements Clock {
  readonly #sleepers = new Set<{ readonly ms: number; readonly wake: () => void }>();

  now(): number {
    return Date.parse('2026-11-21T12:00:00Z');
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  deadline(): AbortSignal {
    return new AbortController().signal;
  }

  /** How long each of those sleeps that have not been woken. */
  sleeping(): number[] {
    return [...this.#sleepers].map(({ ms }) => ms);
  }

  wakeAll(): void {
    for (const { wake } of this.#sleepers) wake();
    this.#sleepers.clear();
  }
}

/** An answer, read whole. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** Empty where the body is no JSON object. */
  readonly json: Record<string, unknown>;
}

/** What a token request is answered with. */
export interface TokenInfo {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly [field: string]: unknown;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What a program outside does to a sandbox. */
export interface Outside {
  readonly sandbox: Sandbox;
  readonly clock: StillClock;
  ask(path: string, sent?: Sent): Promise<Reply>;
  /** @param form  a record, or a body as it is; @param app  `id:secret` */
  postForm(path: string, form: Readonly<Record<string, string>> | string, app?: string): Promise<Reply>;
  postJson(path: string, body: unknown, token?: string): Promise<Reply>;
  get(path: string, token: string): Promise<Reply>;
  /** Signs front-desk in. */
  signIn(more?: Readonly<Record<string, string>>, app?: string): Promise<TokenInfo>;
  refresh(refreshToken: string, more?: Readonly<Record<string, string>>, app?: string): Promise<Reply>;
}

export const TOKEN = '/restapi/oauth/token';
export const REVOKE = '/restapi/oauth/revoke';
export const ACCOUNT = '/restapi/v1.0/account/~';
export const EXTENSION = `${ACCOUNT}/extension/~`;
export const RING_OUT = `${EXTENSION}/ring-out`;
export const APP = 'YourAppKey:YourAppSecret';
export const OTHER_APP = 'TrunklineDemoKey:TrunklineDemoSecret';
export const FRONT_DESK = { grant_type: 'password', username: '18889363711', extension: '101', password: '1234' };

/**
 * A sandbox of the test's own, with the platform's rate limits switched off unless `limited`.
 */
export async function outside({ limited = false, ...options }: SandboxOptions & { readonly limited?: boolean } = {}): Promise<Outside> {
  const clock = new StillClock();
  const sandbox = await startSandbox({ clock, ...options });
  onTestFinished(() => sandbox.close());
  if (!limited) await sandbox.setLimits({ scale: 0 });
  const ask: Outside['ask'] = (path, sent) => exchange(sandbox.origin, path, sent);
  const postForm: Outside['postForm'] = (path, form, app = APP) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(app !== '' && { authorization: basic(app) }) },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  return {
    sandbox,
    clock,
    ask,
    postForm,
    postJson: (path, body, token) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      }),
    get: (path, token) => ask(path, { headers: { authorization: `Bearer ${token}` } }),
    signIn: async (more, app) => (await postForm(TOKEN, { ...FRONT_DESK, ...more }, app)).json as unknown as TokenInfo,
    refresh: (refreshToken, more, app) => postForm(TOKEN, { grant_type: 'refresh_token', refresh_token: refreshToken, ...more }, app),
  };
}

/** Asks with a token: method, path, and a body that is sent as JSON. */
export function sender({ ask }: Outside, token: string) {
  return (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    ask(path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

export function basic(app: string): string {
  return `Basic ${Buffer.from(app).toString('base64')}`;
}

/** The codes of a refusal: HTTP status, top-level code, and the item's own. */
export function codes({ status, json }: Reply): readonly unknown[] {
  const [item] = (json.errors ?? []) as { readonly errorCode: string }[];
  return [status, json.errorCode ?? json.error, item?.errorCode];
}

// node:http and not fetch: a test says which Host it sends, and no connection is kept for the next one.
// Node tells the length of a body by itself for some methods only, not for DELETE.
function exchange(origin: string, path: string, { method = 'GET', headers: given = {}, body }: Sent = {}): Promise<Reply> {
  const headers = { ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }), ...given };
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: hostname.replace(/[[\]]/g, ''), port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, bytes, json: jsonOf(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function jsonOf(text: string): Record<string, unknown> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
}
