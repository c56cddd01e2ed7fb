import RingCentral from '@rc-ex/core';
import { type ApiError, SDK } from '@ringcentral/sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { authorizeWorld, CALLBACK } from '../bridge/authorize-world.ts';
import { type BridgeWorld, bridgeWorld, EXTENSION, LOGIN } from '../bridge/world.ts';
import { TOKEN_PATH } from '../world.ts';
import { failureOf } from './world.ts';

const PAIR = { clientId: 'old-app', clientSecret: 'old-app-secret' };
// Its types no longer know of it.
const PASSWORD = { grant_type: 'password', ...LOGIN } as unknown as Parameters<RingCentral['getToken']>[0];
const HOUR_MS = 3_600_000;

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

let sdks = 0;

/** The SDK as its users make it; each has a cache of its own. */
function sdkAt(server: string, more: object = {}): SDK {
  sdks += 1;
  return new SDK({ server, ...PAIR, cachePrefix: `bridge-traps-${sdks}-`, refreshDelayMs: 1, ...more });
}

async function signedIn() {
  const world = await bridgeWorld({ client: { bridge: PAIR } });
  const sdk = sdkAt(world.origin);
  await sdk.login(LOGIN);
  return { world, sdk };
}

/** What it sends from now on: path, form, and the head. */
function sent(sdk: SDK): { readonly path: string; readonly form: Readonly<Record<string, string>>; readonly headers: Headers }[] {
  const requests: ReturnType<typeof sent> = [];
  sdk.client().on(sdk.client().events.beforeRequest, (request: Request) => {
    const body = String((request as unknown as { readonly body: unknown }).body);
    requests.push({ path: new URL(request.url).pathname, form: Object.fromEntries(new URLSearchParams(body)), headers: request.headers });
  });
  return requests;
}

/** The platform answers every token request like this, until `times` are over. */
function platformFails(world: BridgeWorld, times: number) {
  return world.sandbox.addFault({ match: { path: TOKEN_PATH }, times, action: { status: 503, body: '{}' } });
}

describe('the habits of SDKs that the Bridge meets', () => {
  test('the token type is lower-case, and comes back as the scheme so', async () => {
    const { sdk } = await signedIn();
    const requests = sent(sdk);

    const answer = await sdk.get(EXTENSION);

    expect([(await sdk.platform().auth().data()).token_type, answer.status]).toEqual(['bearer', 200]);
    expect(requests.at(-1)?.headers.get('authorization')).toMatch(/^bearer tlb_/);
  });

  test('after a 401 it asks for access_token_ttl=-1, gets ten minutes, asks for those from then on, and goes on with them', async () => {
    const { world, sdk } = await signedIn();
    const requests = sent(sdk);
    world.clock.advance(HOUR_MS);

    const first = await sdk.get(EXTENSION);
    await sdk.refresh();
    world.clock.advance(599_000);
    const later = await sdk.get(EXTENSION);

    const asked = requests.filter(({ path }) => path === TOKEN_PATH).map(({ form }) => form.access_token_ttl);
    expect([first.status, later.status, asked]).toEqual([200, 200, ['-1', '600']]);
    expect((await sdk.platform().auth().data()).expires_in).toBe(600);
  });

  test('it would send the same POST twice after a 401 of the token endpoint, so that never answers one: a wrong password goes there once', async () => {
    const world = await bridgeWorld({ client: { bridge: PAIR } });
    const sdk = sdkAt(world.origin);
    const requests = sent(sdk);

    const failures = [
      await failureOf<ApiError>(sdk.login({ ...LOGIN, password: 'wrong' })),
      await failureOf<ApiError>(sdkAt(world.origin, { clientSecret: 'wrong' }).login(LOGIN)),
    ];

    expect(failures.map(({ response }) => response?.status)).toEqual([400, 400]);
    expect(requests.filter(({ path }) => path === TOKEN_PATH)).toHaveLength(1);
  });

  test('two that refresh with one refresh token, as one does that has not heard the answer, get the same pair', async () => {
    const { world, sdk } = await signedIn();
    const other = sdkAt(world.origin);
    await other
      .platform()
      .auth()
      .setData(await sdk.platform().auth().data());

    await Promise.all([sdk.refresh(), other.refresh()]);

    const [one, two] = [await sdk.platform().auth().data(), await other.platform().auth().data()];
    expect(one.access_token).toBe(two.access_token);
    expect((await other.get(EXTENSION)).status).toBe(200);
  });

  test('its loginUrl is full of empty parameters, which count as absent', async () => {
    const world = await authorizeWorld({ ...PAIR, redirectUris: [CALLBACK] });
    const sdk = sdkAt(world.publicUrl, { redirectUri: CALLBACK });
    const url = sdk.loginUrl({ state: 'a state', usePKCE: true });

    const back = await world.comeBack(new URL(url).search.slice(1));
    const redirected = sdk.parseLoginRedirect(new URL(back.headers.get('location') ?? '').search);
    await sdk.login(redirected);

    expect(url).toMatch(/&brand_id=&display=&prompt=&ui_options=&ui_locales=&localeId=/);
    expect(redirected).toMatchObject({ state: 'a state', expires_in: '60' });
    expect(((await (await sdk.get(EXTENSION)).json()) as { extensionNumber: string }).extensionNumber).toBe('101');
  });

  test('another one sends Basic and client_id at once; the latter is ignored', async () => {
    const world = await bridgeWorld({ client: { bridge: PAIR } });
    const rc = new RingCentral({ server: world.origin, ...PAIR });
    const bodies: string[] = [];
    rc.rest.httpClient.interceptors.request.use((request) => {
      bodies.push(String(request.data));
      return request;
    });

    await rc.getToken(PASSWORD);
    await rc.refresh();
    await rc.revoke();

    expect(bodies.every((body) => body.includes('client_id=old-app'))).toBe(true);
    expect(bodies).toHaveLength(3);
  });

  test('a refresh that fails wipes its cache; with the platform away, one here does not fail', async () => {
    const { world, sdk } = await signedIn();
    await platformFails(world, 50);

    for (let time = 0; time < 3; time += 1) await sdk.refresh();

    expect(await sdk.platform().loggedIn()).toBe(true);
    expect((await sdk.platform().auth().data()).refresh_token).toMatch(/^tlb_/);
  });

  test('a token answer has its access_token on every success, and log-out is content with an empty 200', async () => {
    const { world, sdk } = await signedIn();
    const { access_token: token } = await sdk.platform().auth().data();

    const answer = await sdk.logout();

    expect([answer?.status, await answer?.text()]).toEqual([200, '']);
    expect((await world.call(token)).status).toBe(401);
  });

  test('discovery finds every address here, and none that leads past the gateway', async () => {
    const world = await bridgeWorld({ client: { bridge: PAIR } });
    const sdk = sdkAt(world.origin, { enableDiscovery: true, discoveryServer: world.origin });
    await sdk.platform().discoveryInitPromise;

    await sdk.login(LOGIN);
    const answer = await sdk.get(EXTENSION);
    const { body } = await fetch(`${world.origin}/.well-known/openid-configuration`).then(async (response) => ({ body: await response.text() }));

    expect(answer.status).toBe(200);
    expect(body).toContain(`"issuer":"${world.origin}"`);
    expect(body).not.toContain(world.sandbox.origin);
  });
});
