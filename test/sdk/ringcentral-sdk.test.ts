import type { ApiError, SDK } from '@ringcentral/sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ACCOUNT, EXTENSION, type Outside, REVOKE, RING_OUT, TOKEN } from '../sandbox-world.ts';
import { answered, failureOf, goThroughPages, javascriptSdk, PUBLIC_APP, sdkWorld, tokenRequests } from './world.ts';

const FRONT_DESK = { username: '18889363711', extension: '101', password: '1234' };
const FRONT_DESK_ID = 403_141_004;
const HOUR_MS = 3_600_000;

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('@ringcentral/sdk: sign-in', () => {
  test('by password, the extension in the user name; it only warns', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);
    const sent = tokenForms(sdk);

    await sdk.login(FRONT_DESK);

    expect(sent[0]).toMatchObject({ grant_type: 'password', username: '18889363711*101' });
    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
    expect(console.warn).toHaveBeenCalledOnce();
  });

  test('by password, the number with its plus', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);

    await sdk.login({ ...FRONT_DESK, username: '+18889363711' });

    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });

  test('by JWT, with the lifetimes that it asks for and an endpoint_id', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);

    await sdk.login({ ...(await jwtOf(world)), access_token_ttl: 1_800, refresh_token_ttl: 302_400, endpoint_id: 'an-installation' });

    expect(await sdk.platform().auth().data()).toMatchObject({
      token_type: 'bearer',
      expires_in: 1_800,
      refresh_token_expires_in: 302_400,
      owner_id: String(FRONT_DESK_ID),
      endpoint_id: 'an-installation',
    });
  });

  test('by JWT without a secret: client_id in the body, and no Authorization header', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world, { clientId: PUBLIC_APP, clientSecret: '' });
    const sent = tokenForms(sdk);

    await sdk.login(await jwtOf(world));
    await sdk.refresh();
    await sdk.logout();

    expect(sent.map(({ client_id, authorization }) => [client_id, authorization])).toEqual([
      [PUBLIC_APP, undefined],
      [PUBLIC_APP, undefined],
      [PUBLIC_APP, undefined],
    ]);
    expect([...tokenRequests(world), ...answered(world, REVOKE)]).toEqual(['urn:ietf:params:oauth:grant-type:jwt-bearer 200', 'refresh_token 200', 'POST 200']);
  });

  test.each([
    { app: 'with a secret', options: {}, usePKCE: false },
    { app: 'with a secret, and PKCE', options: {}, usePKCE: true },
    { app: 'without a secret, and PKCE', options: { clientId: PUBLIC_APP, clientSecret: '' }, usePKCE: true },
  ])("by authorization code $app, its own loginUrl's empty parameters and all", async ({ options, usePKCE }) => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world, options);
    const url = sdk.loginUrl({ state: 'a state', usePKCE });

    const query = await goThroughPages(world, url, 'allow');
    const redirected = sdk.parseLoginRedirect(query) as { readonly code: string; readonly state: string; readonly expires_in: string };
    await sdk.login(redirected);

    expect(url).toMatch(/&brand_id=&display=&prompt=&ui_options=&ui_locales=&localeId=/);
    expect(redirected).toMatchObject({ state: 'a state', expires_in: '60' });
    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });

  test('by authorization code, with a hint, a language and other options of its loginUrl', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);
    const url = sdk.loginUrl({
      loginHint: '18889363711',
      uiLocales: 'de-DE',
      uiOptions: ['hide_logo', 'hide_tos'],
      responseHint: ['brand_id', 'mcid'],
      display: 'touch',
    });

    const query = await goThroughPages(world, url, 'allow');

    expect(url).toContain('ui_options=hide_logo&ui_options=hide_tos');
    expect(sdk.parseLoginRedirect(query)).toHaveProperty('code');
  });

  test('a user who denies comes back with an error that it throws', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);

    const query = await goThroughPages(world, sdk.loginUrl({ state: 's' }), 'deny');

    expect(() => sdk.parseLoginRedirect(query)).toThrow('The user denied access to your application');
  });

  test("another SDK's verifier does not fit", async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);
    const query = await goThroughPages(world, sdk.loginUrl({ usePKCE: true }), 'allow');

    const failure = await failureOf(sdk.login({ ...sdk.parseLoginRedirect(query), code_verifier: 'v'.repeat(43) }));

    expect(failure.message).toBe('Invalid code verifier');
  });

  test('a token that was got elsewhere, handed to login with its lifetime', async () => {
    const world = await sdkWorld();
    const { access_token, expires_in } = await world.signIn();
    const sdk = javascriptSdk(world);

    await sdk.login({ access_token, ...{ expires_in } });

    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });

  // The SDK sends a token request that is answered 401 a second time: a wrong password would count twice.
  test.each([
    { what: 'wrong password', login: { ...FRONT_DESK, password: 'wrong' }, options: {}, message: 'Invalid resource owner credentials.' },
    { what: 'wrong secret', login: FRONT_DESK, options: { clientSecret: 'wrong' }, message: 'Invalid client application: [YourAppKey]' },
    { what: 'broken JWT', login: { jwt: 'a.b.c' }, options: {}, message: 'Invalid assertion' },
  ])('a $what is said in the words of the platform, after one request', async ({ login, options, message }) => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world, options);

    const failure = await failureOf<ApiError>(sdk.login(login));

    expect(failure.message).toBe(message);
    expect(failure.response?.status).toBe(400);
    expect(world.sandbox.requests(TOKEN)).toHaveLength(1);
    expect(await sdk.platform().loggedIn()).toBe(false);
  });
});

describe('@ringcentral/sdk: calls', () => {
  test('GET, POST and DELETE; its headers, a JSON content type on GET among them, are no trouble', async () => {
    const { sdk } = await signedIn();

    const placed = await bodyOf(sdk.post(RING_OUT, { from: { phoneNumber: '6505551231' }, to: { phoneNumber: '6505551230' }, playPrompt: false }));
    const read = await bodyOf(sdk.get(`${RING_OUT}/${String(placed.id)}`));
    const ended = await sdk.delete(`${RING_OUT}/${String(placed.id)}`);

    expect(read).toMatchObject({ id: placed.id, status: { callStatus: 'InProgress' } });
    expect(ended.status).toBe(204);
  });

  test('a query given apart from the path', async () => {
    const { sdk } = await signedIn();

    const listed = await bodyOf(sdk.get(`${EXTENSION}/forwarding-number`, { page: 1, perPage: 2 }));

    expect(listed).toMatchObject({ paging: { page: 1, perPage: 2 } });
    expect(listed.records).toHaveLength(2);
  });

  test('an address that carries the access token', async () => {
    const { world, sdk } = await signedIn();

    const address = await sdk.signUrl(ACCOUNT);

    expect((await world.ask(address)).status).toBe(200);
  });

  test('the reason of a refusal becomes the message of its error', async () => {
    const { sdk } = await signedIn();

    const failure = await failureOf<ApiError>(sdk.get('/restapi/v1.0/account/1'));

    expect(failure.message).toBe('Resource for parameter [accountId] is not found');
    expect(failure.response?.status).toBe(404);
  });
});

describe('@ringcentral/sdk: refresh', () => {
  test('asks again for the lifetimes that it was given', async () => {
    const { sdk } = await signedIn();
    const before = await sdk.platform().auth().data();
    const sent = tokenForms(sdk);

    await sdk.refresh();

    const after = await sdk.platform().auth().data();
    expect(sent).toMatchObject([{ grant_type: 'refresh_token', refresh_token: before.refresh_token, access_token_ttl: '3600', refresh_token_ttl: '604800' }]);
    expect(after).toMatchObject({ expires_in: 3_600, refresh_token_expires_in: 604_800, endpoint_id: before.endpoint_id });
    expect(after.access_token).not.toBe(before.access_token);
  });

  test('comes before a call when less than a minute is left, and then again before each', async () => {
    const world = await sdkWorld();
    await world.sandbox.setLifetimes({ accessSeconds: 60 });
    const sdk = javascriptSdk(world);
    await sdk.login(FRONT_DESK);

    await sdk.get(ACCOUNT);
    await sdk.get(ACCOUNT);

    expect(tokenRequests(world)).toEqual(['password 200', 'refresh_token 200', 'refresh_token 200']);
    expect(answered(world, ACCOUNT)).toEqual(['GET 200', 'GET 200']);
  });

  test('three calls at once share one', async () => {
    const { world, sdk } = await signedIn();
    await sdk.platform().auth().cancelAccessToken();

    const answers = await Promise.all([sdk.get(ACCOUNT), sdk.get(EXTENSION), sdk.get(`${EXTENSION}/forwarding-number`)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(tokenRequests(world)).toEqual(['password 200', 'refresh_token 200']);
  });

  test('two programs that have the same tokens get the same pair: the grace for a lost answer', async () => {
    const { world, sdk } = await signedIn();
    const twin = javascriptSdk(world);
    await twin
      .platform()
      .auth()
      .setData(await sdk.platform().auth().data());

    await Promise.all([sdk.refresh(), twin.refresh()]);

    const [one, other] = await Promise.all([sdk.platform().auth().data(), twin.platform().auth().data()]);
    expect(other.access_token).toBe(one.access_token);
    expect(other.refresh_token).toBe(one.refresh_token);
  });

  test('an answer that was lost clears what it knows; the refresh token that somebody kept brings the session back', async () => {
    const { world, sdk } = await signedIn();
    const kept = await sdk.platform().auth().data();
    await world.sandbox.addFault({ match: { path: TOKEN }, times: 1, action: { drop: 'after' } });

    await failureOf(sdk.refresh());
    const isIn = await sdk.platform().loggedIn();
    await sdk.platform().auth().setData(kept);
    await sdk.refresh();

    expect(isIn).toBe(false);
    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });

  test('a platform that is not there for a moment has it forget the session, too', async () => {
    const { world, sdk } = await signedIn();
    await world.sandbox.addFault({ match: { path: TOKEN }, times: 1, action: { status: 503 } });

    const failure = await failureOf<ApiError>(sdk.refresh());

    expect(failure.response?.status).toBe(503);
    expect((await failureOf(sdk.get(ACCOUNT))).message).toBe('Refresh token is missing');
  });

  test('a program that asks for no refresh token gets none, and is told so by the SDK itself', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world);
    await sdk.login({ ...FRONT_DESK, refresh_token_ttl: -1 });

    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
    expect((await failureOf(sdk.refresh())).message).toBe('Refresh token is missing');
  });
});

describe('@ringcentral/sdk: a call that is answered 401', () => {
  test('is repeated after a refresh; that one asks for access_token_ttl=-1, and ten minutes they are from then on', async () => {
    const { world, sdk } = await signedIn();
    const sent = tokenForms(sdk);
    await world.sandbox.advance(HOUR_MS + 1_000);

    const answer = await sdk.get(ACCOUNT);
    await sdk.refresh();

    expect(answer.status).toBe(200);
    expect(answered(world, ACCOUNT)).toEqual(['GET 401', 'GET 200']);
    expect(sent.map(({ access_token_ttl }) => access_token_ttl)).toEqual(['-1', '600']);
    expect((await sdk.platform().auth().data()).expires_in).toBe(600);
  });

  test('three at once recover with one refresh', async () => {
    const { world, sdk } = await signedIn();
    await world.sandbox.advance(HOUR_MS + 1_000);

    const answers = await Promise.all([sdk.get(ACCOUNT), sdk.get(EXTENSION), sdk.get(`${EXTENSION}/forwarding-number`)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(tokenRequests(world).filter((request) => request.startsWith('refresh_token'))).toEqual(['refresh_token 200']);
  });

  test('when the session has ended, the refresh is refused once and for all', async () => {
    const { world, sdk } = await signedIn();
    const { access_token } = await sdk.platform().auth().data();
    await world.postForm(REVOKE, { token: String(access_token) });

    const failure = await failureOf<ApiError>(sdk.get(ACCOUNT));

    expect(failure.message).toBe('Token revoked');
    expect(failure.response?.status).toBe(400);
    expect(tokenRequests(world)).toEqual(['password 200', 'refresh_token 400']);
    expect(await sdk.platform().loggedIn()).toBe(false);
  });

  test('when the refresh token is over as well, the user has to sign in', async () => {
    const { world, sdk } = await signedIn();
    await world.sandbox.advance(8 * 24 * HOUR_MS);

    const failure = await failureOf(sdk.get(ACCOUNT));
    await sdk.login(FRONT_DESK);

    expect(failure.message).toBe('Token expired');
    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });
});

describe('@ringcentral/sdk: a call that is answered 429', () => {
  // RingCentral "Rate limits", group Light.
  const LIGHT = 50;

  test('is thrown, with the time to wait', async () => {
    const { sdk } = await signedIn({ limited: true });
    const heard = vi.fn<(error: ApiError & { readonly retryAfter?: number }) => void>();
    sdk.platform().on(sdk.platform().events.rateLimitError, heard as (error: Error) => void);
    await callOften(sdk, LIGHT);

    const failure = await failureOf<ApiError>(sdk.get(ACCOUNT));

    expect(failure.message).toBe('Request rate exceeded');
    expect(heard.mock.calls[0]?.[0].retryAfter).toBe(60_000);
  });

  test('is repeated after Retry-After where handleRateLimit says so', async () => {
    const { world, sdk } = await signedIn({ limited: true }, { handleRateLimit: true });
    await callOften(sdk, LIGHT);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const limited = new Promise((resolve) => sdk.platform().on(sdk.platform().events.rateLimitError, resolve));

    const called = sdk.get(ACCOUNT);
    await limited;
    await world.sandbox.advance(60_001);
    await vi.advanceTimersByTimeAsync(60_000);

    expect((await called).status).toBe(200);
    expect(answered(world, ACCOUNT).slice(-2)).toEqual(['GET 429', 'GET 200']);
  });

  test('a token request is, too', async () => {
    const { world, sdk } = await signedIn({ limited: true }, { handleRateLimit: true });
    for (let count = 1; count < 5; count += 1) await sdk.refresh();
    const limited = new Promise((resolve) => sdk.platform().on(sdk.platform().events.rateLimitError, resolve));
    vi.useFakeTimers({ toFake: ['setTimeout'] });

    const refreshed = sdk.login(FRONT_DESK);
    await limited;
    await world.sandbox.advance(60_001);
    await vi.advanceTimersByTimeAsync(60_000);

    expect((await refreshed).status).toBe(200);
    expect(tokenRequests(world).slice(-2)).toEqual(['password 429', 'password 200']);
  });
});

describe('@ringcentral/sdk: log-out', () => {
  test('revokes the session; the empty answer is no trouble', async () => {
    const { world, sdk } = await signedIn();
    const { access_token } = await sdk.platform().auth().data();

    await sdk.logout();

    expect(answered(world, REVOKE)).toEqual(['POST 200']);
    expect((await world.get(ACCOUNT, String(access_token))).status).toBe(401);
    expect(await sdk.platform().loggedIn()).toBe(false);
  });

  test('that fails is thrown, and the session goes on', async () => {
    const { world, sdk } = await signedIn();
    await world.sandbox.addFault({ match: { path: REVOKE }, times: 1, action: { status: 503 } });

    await failureOf(sdk.logout());

    expect(await sdk.platform().loggedIn()).toBe(true);
    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });
});

describe('@ringcentral/sdk: discovery', () => {
  test('finds every address: sign-in, calls, refresh, log-out', async () => {
    const world = await sdkWorld();
    // Nothing but the address of the discovery server is right.
    const sdk = javascriptSdk(world, {
      enableDiscovery: true,
      discoveryServer: world.sandbox.origin,
      server: 'http://127.0.0.1:9',
      tokenEndpoint: '/nowhere',
    });
    await sdk.platform().discoveryInitPromise;

    await sdk.login(await jwtOf(world));
    const id = await extensionId(sdk);
    await sdk.refresh();
    await sdk.logout();
    await sdk.platform().discoveryInitPromise;

    expect(id).toBe(FRONT_DESK_ID);
    expect(answered(world, '/.well-known/entry-points/*')).toEqual(['GET 200', 'GET 200', 'GET 200']);
    expect([...tokenRequests(world), ...answered(world, REVOKE)]).toEqual(['urn:ietf:params:oauth:grant-type:jwt-bearer 200', 'refresh_token 200', 'POST 200']);
  });

  test('by authorization code: the redirect names the token endpoint and the addresses for whoever is signed in', async () => {
    const world = await sdkWorld();
    const sdk = javascriptSdk(world, { enableDiscovery: true });

    const url = await sdk.platform().loginUrlWithDiscovery({ state: 's', usePKCE: true });
    const redirected = sdk.parseLoginRedirect(await goThroughPages(world, url, 'allow')) as Record<string, string>;
    await sdk.login(redirected);

    expect(new URL(url).searchParams.get('discovery')).toBe('true');
    expect(redirected).toMatchObject({
      token_uri: `${world.sandbox.origin}${TOKEN}`,
      discovery_uri: `${world.sandbox.origin}/.well-known/entry-points/external`,
    });
    expect(await extensionId(sdk)).toBe(FRONT_DESK_ID);
  });
});

async function signedIn(
  options: Parameters<typeof sdkWorld>[0] = {},
  sdkOptions: Parameters<typeof javascriptSdk>[1] = {},
): Promise<{ readonly world: Outside; readonly sdk: SDK }> {
  const world = await sdkWorld(options);
  const sdk = javascriptSdk(world, sdkOptions);
  await sdk.login(FRONT_DESK);
  return { world, sdk };
}

async function jwtOf({ sandbox }: Outside): Promise<{ readonly jwt: string }> {
  const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
  return { jwt };
}

async function bodyOf(answering: Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await answering).json()) as Record<string, unknown>;
}

async function extensionId(sdk: SDK): Promise<unknown> {
  return (await bodyOf(sdk.get(EXTENSION))).id;
}

async function callOften(sdk: SDK, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await sdk.get(ACCOUNT);
}

/** The forms that the SDK posts from now on, with the Authorization header of each. */
function tokenForms(sdk: SDK): readonly Record<string, string | undefined>[] {
  const forms: Record<string, string | undefined>[] = [];
  sdk.client().on(sdk.client().events.beforeRequest, (request: Request) => {
    if (!request.url.includes('/oauth/')) return;
    const body = String((request as unknown as { readonly body: unknown }).body);
    forms.push({ ...Object.fromEntries(new URLSearchParams(body)), authorization: request.headers.get('authorization') ?? undefined });
  });
  return forms;
}
