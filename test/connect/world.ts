import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createTrail } from '../../src/audit/trail.ts';
import { revokeNext } from '../../src/broker/revocations.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Fetch } from '../../src/runtime/fetch.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { gateway, TOKEN } from '../http/gateway.ts';
import { SILENT } from '../silent-log.ts';
import { FRONT_DESK } from './users.ts';

export const RETURN_TO = 'https://myapp.example.com/connected';

/** An invitation as its maker is told of it. */
export interface Made {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: number;
}

/**
 * A gateway that listens, in front of a real sandbox that knows its callback; App `web` may send people there.
 *
 * @param of.names        the demo Connections that are there
 * @param of.wrapFetch    what stands between the gateway and the platform
 */
export async function connectWorld({ names = [], wrapFetch = (fetch) => fetch }: { names?: readonly string[]; wrapFetch?: (fetch: Fetch) => Fetch } = {}) {
  let publicUrl = '';
  const at = await gateway({ names });
  const { store, clock, sandbox } = at;
  const trail = createTrail({ store, clock, log: SILENT });
  const connect = {
    store,
    adopt: at.adopt,
    adoptOfOwner: at.adoptOfOwner,
    programs: at.programs,
    trail,
    clock,
    random: systemRandom,
    fetch: wrapFetch(at.fetch),
    log: SILENT,
  };
  // The port is known once it listens, and the App's redirect URI names it.
  const reached = await gateway({
    names: [],
    connect: {
      ...connect,
      get publicUrl() {
        return publicUrl;
      },
    },
    ...partsOf(at),
    trail,
  });
  publicUrl = await reached.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => reached.server.close());
  const redirectUri = `${publicUrl}/connect/callback/web`;
  await control(sandbox.origin, `apps/${DEMO.app.clientId}`, { redirectUris: [redirectUri, 'http://127.0.0.1/callback'] });
  await at.apps.createApp({
    name: 'web',
    platformOrigin: sandbox.origin,
    clientId: DEMO.app.clientId,
    clientSecret: new Secret(DEMO.app.clientSecret),
    redirectUris: [redirectUri, 'http://127.0.0.1/callback'],
    returnTo: [RETURN_TO],
  });
  const manage = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => reached.ask(method, path, TOKEN, body);
  return {
    ...at,
    manage,
    publicUrl,
    redirectUri,
    invite: async (more: object = {}): Promise<Made> =>
      (await manage('POST', 'invitations', { connection: 'mine', app: 'web', ...more })).body as unknown as Made,
    /** A JWT credential of the sandbox's. */
    jwtOf: async ({ username, extension }: { username: string; extension: string }, more: object = {}): Promise<string> =>
      String((await control(sandbox.origin, 'jwt-credentials', { username, extension, ...more })).jwt),
    /** Sends what is to be revoked on the platform. @returns how many requests that took */
    revokeAll: async (): Promise<number> => {
      const parts = { store, clock, random: systemRandom, fetch: at.fetch, log: SILENT, trail, mayAsk: async () => 0 };
      let count = 0;
      while (await revokeNext(parts)) count += 1;
      return count;
    },
    /** Changes the App as the developer console does. */
    setApp: (changes: object) => control(sandbox.origin, `apps/${DEMO.app.clientId}`, changes),
    /** What became of the sign-ins: action and result, oldest first. */
    audited: async (): Promise<string[]> => {
      await trail.sumUp(true);
      const { items } = await store.listAudit({ limit: 100 });
      return items
        .toReversed()
        .filter(({ action }) => /SignIn|Jwt|openInvitation/.test(action))
        .map(({ action, result }) => `${action} ${result}`);
    },
    codeExchanges: () => at.tokenRequests().filter((grantType) => grantType === 'authorization_code').length,
  };
}

function partsOf({ apps, connections, clients, tokens, store, clock }: Awaited<ReturnType<typeof gateway>>) {
  return { apps, connections, clients, tokens, grants: store, audit: store, clock };
}

async function control(origin: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${origin}/_sandbox/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>;
}

/** A page of a browser of its own, and what that has complained about. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

/** Signs in at the sandbox's login page. */
export async function signIn(page: Page, { username, extension, password } = FRONT_DESK): Promise<void> {
  await page.getByLabel('Phone number or e-mail').fill(username);
  await page.getByLabel('Extension, if it has one').fill(extension);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** From the link to the consent page's button. */
export async function toConsent(page: Page, url: string, user = FRONT_DESK): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Continue to RingCentral' }).click();
  await signIn(page, user);
  await page.getByRole('button', { name: 'Allow' }).waitFor();
}
