import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { launchBrowser } from '../browser.ts';
import type { Outside } from '../sandbox-world.ts';
import { answered, failureOf, PUBLIC_APP, sdkWorld } from './world.ts';

const FRONT_DESK_ID = '403141004';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe('openid-client with a real browser', () => {
  test('discovery: the metadata is what a strict client asks for', async () => {
    const { config, world } = await clientWorld();
    const metadata = config.serverMetadata();

    expect(metadata.issuer).toBe(world.sandbox.origin);
    expect(metadata.supportsPKCE()).toBe(true);
    expect(metadata).toMatchObject({
      authorization_endpoint: `${world.sandbox.origin}/restapi/oauth/authorize`,
      token_endpoint: `${world.sandbox.origin}/restapi/oauth/token`,
      userinfo_endpoint: `${world.sandbox.origin}/restapi/oauth/userinfo`,
      jwks_uri: `${world.sandbox.origin}/restapi/oauth/jwks`,
    });
  });

  test.each([
    { app: 'with a secret', clientId: 'YourAppKey', secret: 'YourAppSecret' },
    { app: 'without a secret', clientId: PUBLIC_APP, secret: undefined },
  ])('an app $app: login, consent, code with PKCE, a verified id_token, userinfo, refresh, revocation', async ({ clientId, secret }) => {
    const it = await clientWorld(clientId, secret);
    const { config, page } = it;
    const attempt = await begin(it, { scope: 'openid email profile' });

    await page.goto(attempt.url.href);
    await signIn(page);
    const permissions = await page.getByRole('listitem').allTextContents();
    await page.getByRole('button', { name: 'Allow' }).click();
    const tokens = await redeem(it, attempt);
    const claims = tokens.claims();
    const info = await oidc.fetchUserInfo(config, tokens.access_token, FRONT_DESK_ID);
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const again = await oidc.fetchUserInfo(config, refreshed.access_token, FRONT_DESK_ID);
    await oidc.tokenRevocation(config, refreshed.access_token);
    const afterwards = await failureOf(oidc.fetchUserInfo(config, refreshed.access_token, FRONT_DESK_ID));

    expect(permissions.length).toBeGreaterThan(5);
    expect(claims).toMatchObject({ sub: FRONT_DESK_ID, aud: clientId });
    expect(info).toMatchObject({ sub: FRONT_DESK_ID, email: 'front-desk@example.com', account_id: '403140004' });
    expect(again).toEqual(info);
    expect(afterwards).toBeInstanceOf(oidc.WWWAuthenticateChallengeError);
    expect(it.faults).toEqual([]);
  });

  test('a wrong password is said on the page, which keeps the name; the right one then goes on', async () => {
    const it = await clientWorld();
    const { page } = it;
    await page.goto((await begin(it)).url.href);

    await signIn(page, { password: 'wrong' });
    const alarm = await page.getByRole('alert').textContent();
    const name = await page.getByLabel('Phone number or e-mail').inputValue();
    const password = await page.getByLabel('Password').inputValue();
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).waitFor();

    expect(alarm).toBe('Name, extension or password are not right.');
    expect([name, password]).toEqual(['18889363711', '']);
  });

  test('a user who denies: the app reads access_denied', async () => {
    const it = await clientWorld();
    const attempt = await begin(it);
    await it.page.goto(attempt.url.href);
    await signIn(it.page);

    await it.page.getByRole('button', { name: 'Deny' }).click();
    const failure = await failureOf<oidc.AuthorizationResponseError>(redeem(it, attempt));

    expect(failure).toBeInstanceOf(oidc.AuthorizationResponseError);
    expect([failure.error, failure.error_description]).toEqual(['access_denied', 'The user denied access to your application']);
    expect(answered(it.world, '/restapi/oauth/token')).toEqual([]);
  });

  test('whoever is signed in and has allowed the app comes straight back; prompt=login asks for the password again', async () => {
    const it = await clientWorld();
    const { page } = it;
    await page.goto((await begin(it)).url.href);
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${it.callback}**`);

    const second = await begin(it);
    await page.goto(second.url.href);
    const tokens = await redeem(it, second);
    await page.goto((await begin(it, { prompt: 'login' })).url.href);

    expect(tokens.access_token).toMatch(/^SBXA/);
    expect(await page.getByLabel('Password').isVisible()).toBe(true);
  });

  test('prompt=none in a browser that nobody has signed in with is an error at the app', async () => {
    const it = await clientWorld();
    const attempt = await begin(it, { prompt: 'none' });
    await it.page.goto(attempt.url.href);

    const failure = await failureOf<oidc.AuthorizationResponseError>(redeem(it, attempt));

    expect(failure.error).toBe('login_required');
  });

  test('somebody else can sign in instead', async () => {
    const it = await clientWorld();
    const { page } = it;
    const attempt = await begin(it, { scope: 'openid' });
    await page.goto(attempt.url.href);
    await signIn(page);

    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await signIn(page, { username: '18887776655', extension: '102', password: 'Myp@ssw0rd' });
    await page.getByRole('button', { name: 'Allow' }).click();
    const tokens = await redeem(it, attempt);

    expect(tokens.claims()?.sub).toBe('1110475004');
  });

  test('with the keyboard alone, and without scripts', async () => {
    const it = await clientWorld('YourAppKey', 'YourAppSecret', { javaScriptEnabled: false });
    const { page } = it;
    const attempt = await begin(it, { login_hint: '18889363711' });
    await page.goto(attempt.url.href);

    await page.getByLabel('Extension, if it has one').focus();
    await page.keyboard.type('101');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1234');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).focus();
    await page.keyboard.press('Enter');
    const tokens = await redeem(it, attempt);

    expect(tokens.access_token).toMatch(/^SBXA/);
  });

  test('an address that the app has not registered is not gone to: the page says what is wrong', async () => {
    const it = await clientWorld();
    const { url } = await begin(it, { redirect_uri: 'https://elsewhere.example.com/' });

    const answer = await it.page.goto(url.href);

    expect(answer?.status()).toBe(403);
    expect(await it.page.textContent('body')).toContain('Redirect URIs do not match');
    expect(new URL(it.page.url()).origin).toBe(it.world.sandbox.origin);
  });

  test('a code that has been redeemed once brings nothing, and ends the session that it brought', async () => {
    const it = await clientWorld();
    const attempt = await begin(it, { scope: 'openid' });
    await it.page.goto(attempt.url.href);
    await signIn(it.page);
    await it.page.getByRole('button', { name: 'Allow' }).click();
    const tokens = await redeem(it, attempt);

    const failure = await failureOf(redeem(it, attempt));

    expect(failure).toBeInstanceOf(oidc.ResponseBodyError);
    expect(failure).toMatchObject({ error: 'invalid_grant' });
    await expect(oidc.fetchUserInfo(it.config, tokens.access_token, FRONT_DESK_ID)).rejects.toThrow();
  });
});

interface ClientWorld {
  readonly world: Outside;
  readonly config: oidc.Configuration;
  readonly page: Page;
  /** The app's own page, on a port that was free. */
  readonly callback: string;
  /** What the browser has complained about. */
  readonly faults: readonly string[];
}

interface Attempt {
  readonly url: URL;
  readonly checks: oidc.AuthorizationCodeGrantChecks;
}

async function clientWorld(
  clientId = 'YourAppKey',
  secret: string | undefined = undefined,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<ClientWorld> {
  // The client compares the id_token's times with the machine's clock.
  const world = await sdkWorld({ clock: systemClock });
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const authentication = clientId === PUBLIC_APP ? oidc.None() : oidc.ClientSecretBasic(secret ?? 'YourAppSecret');
  const config = await oidc.discovery(new URL(world.sandbox.origin), clientId, undefined, authentication, {
    // Over plain HTTP the id_token's signature is what proves it.
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  return { world, config, callback: await appPage(), ...(await pageOf(context)) };
}

async function pageOf(context: BrowserContext): Promise<Pick<ClientWorld, 'page' | 'faults'>> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  return { page, faults };
}

/** The page of an app on somebody's machine to which a user comes back. */
async function appPage(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,"><title>App</title>Signed in.');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}

async function begin({ config, callback }: ClientWorld, more: Readonly<Record<string, string>> = {}): Promise<Attempt> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const wantsIdentity = more.scope?.startsWith('openid') === true;
  const expectedNonce = wantsIdentity ? oidc.randomNonce() : undefined;
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    state: expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...(expectedNonce !== undefined && { nonce: expectedNonce }),
    ...more,
  });
  return { url, checks: { pkceCodeVerifier, expectedState, ...(expectedNonce !== undefined && { expectedNonce, idTokenExpected: true }) } };
}

async function signIn(page: Page, { username = '18889363711', extension = '101', password = '1234' } = {}): Promise<void> {
  await page.getByLabel('Phone number or e-mail').fill(username);
  await page.getByLabel('Extension, if it has one').fill(extension);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What the app does with the address to which the browser came back. */
async function redeem({ config, page, callback }: ClientWorld, { checks }: Attempt): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> {
  await page.waitForURL(`${callback}**`);
  return oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
}
