import { SDK } from '@ringcentral/sdk';
import { DEMO_DATA } from '../../src/sandbox/demo.ts';
import type { SandboxOptions } from '../../src/sandbox/start.ts';
import { Browser } from '../sandbox-browser.ts';
import { type Outside, outside, type Reply, TOKEN } from '../sandbox-world.ts';

/** Where an app of the tests wants its user back; nothing listens there. */
export const REDIRECT_URI = 'http://127.0.0.1:8080/callback';

/** An app without a secret, as one in a browser or on a phone is. */
export const PUBLIC_APP = 'PublicAppKey';

const APPS = DEMO_DATA.apps.map((app) => ({ ...app, redirectUris: [...app.redirectUris, REDIRECT_URI] }));
const PUBLIC_APPS = APPS.slice(0, 1).map(({ clientSecret: _none, ...app }) => ({ ...app, clientId: PUBLIC_APP, name: 'Public App' }));

/** A sandbox with the documents' data and an app without a secret. */
export function sdkWorld(options: SandboxOptions & { readonly limited?: boolean } = {}): Promise<Outside> {
  return outside({ data: { ...DEMO_DATA, apps: [...APPS, ...PUBLIC_APPS] }, ...options });
}

let sdks = 0;

/** RingCentral's JavaScript SDK as its users make it. Each has a cache of its own: they share one storage in a process. */
export function javascriptSdk({ sandbox }: Outside, options: ConstructorParameters<typeof SDK>[0] = {}): SDK {
  sdks += 1;
  return new SDK({
    server: sandbox.origin,
    clientId: 'YourAppKey',
    clientSecret: 'YourAppSecret',
    redirectUri: REDIRECT_URI,
    cachePrefix: `sdk-${sdks}-`,
    refreshDelayMs: 1,
    ...options,
  });
}

/** What was asked of a path, in its order, each with what it was answered. */
export function answered({ sandbox }: Outside, path: string): readonly string[] {
  return sandbox.requests(path).map(({ method, status, grantType }) => `${grantType ?? method} ${status}`);
}

/** The token requests so far. */
export function tokenRequests(world: Outside): readonly string[] {
  return answered(world, TOKEN);
}

/** Has front-desk sign in at the login page and decide. @returns the query with which the app's page is asked for */
export async function goThroughPages(world: Outside, loginUrl: string, decision: 'allow' | 'deny'): Promise<string> {
  const browser = new Browser(world);
  const login = await browser.open(loginUrl.slice(world.sandbox.origin.length));
  const consent = await browser.submit(login, { username: '18889363711', extension: '101', password: '1234' });
  return new URL(locationOf(await browser.submit(consent, { decision }))).search;
}

function locationOf({ headers: { location = '' } }: Reply): string {
  return location;
}

/** What `work` fails with. @throws Error  it does not fail */
export async function failureOf<Failure extends Error = Error>(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => {
      throw new TypeError('it was expected to fail');
    },
    (failure: Failure) => failure,
  );
}
