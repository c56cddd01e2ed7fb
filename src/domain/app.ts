import type { Page, PageRequest } from './page.ts';
import type { Secret } from './secret.ts';

/**
 * What is registered with RingCentral (OAuth calls it the client), and where its platform lives.
 *
 * The three origins are the only destinations that a request of this App can have.
 */
export interface App {
  readonly name: string;
  readonly platformOrigin: string;
  readonly mediaOrigin: string;
  readonly ringcxOrigin: string;
  readonly clientId: string;
  /** Absent for a public App. */
  readonly clientSecret: Secret | undefined;
  readonly redirectUris: readonly string[];
  readonly returnTo: readonly string[];
  readonly createdAt: number;
}

/** What a person gives to create an App; the other origins follow from `platformOrigin` where they are absent. */
export interface AppDraft {
  readonly name: string;
  readonly platformOrigin: string;
  readonly mediaOrigin?: string;
  readonly ringcxOrigin?: string;
  readonly clientId: string;
  readonly clientSecret?: Secret;
  readonly redirectUris?: readonly string[];
  readonly returnTo?: readonly string[];
}

/** An App as people see it: everything but the secret. */
export interface AppView extends Omit<App, 'clientSecret'> {
  readonly hasClientSecret: boolean;
}

/** Where Apps rest; the client secret is sealed there. */
export interface AppStore {
  /** @throws NameTaken */
  createApp(app: App): Promise<void>;
  findApp(name: string): Promise<App | undefined>;
  listApps(page: PageRequest): Promise<Page<App>>;
  /**
   * Replaces an App by the one of the same name.
   *
   * @returns false where there is no such App
   */
  updateApp(app: App): Promise<boolean>;
  /**
   * @returns false where there is no such App
   * @throws InUse  while a Connection or one of its credentials names the App
   */
  removeApp(name: string): Promise<boolean>;
}

const PRODUCTION = 'https://platform.ringcentral.com';

/**
 * The App that a draft describes.
 *
 * RingCentral serves media and RingCX from hosts of their own; every other platform (a segregated environment, the
 * sandbox) is taken to serve all three from one origin unless the draft says otherwise.
 */
export function appFromDraft(draft: AppDraft, now: number): App {
  const platformOrigin = originOf(draft.platformOrigin);
  const production = platformOrigin === PRODUCTION;
  return {
    name: draft.name,
    platformOrigin,
    mediaOrigin: draft.mediaOrigin ? originOf(draft.mediaOrigin) : production ? 'https://media.ringcentral.com' : platformOrigin,
    ringcxOrigin: draft.ringcxOrigin ? originOf(draft.ringcxOrigin) : production ? 'https://ringcx.ringcentral.com' : platformOrigin,
    clientId: draft.clientId,
    clientSecret: draft.clientSecret,
    redirectUris: draft.redirectUris ?? [],
    returnTo: draft.returnTo ?? [],
    createdAt: now,
  };
}

/**
 * What stands in the way of using `text` as an origin, or nothing.
 *
 * An access token travels there, so plain http is taken for this machine only.
 */
export function originFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'must be an origin such as https://platform.ringcentral.com';
  if (url.username || url.password) return 'must not carry a user name or password';
  if (url.pathname !== '/' || url.search || url.hash) return 'must be an origin: scheme, host and port, without a path';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'must be https, because access tokens travel there; plain http is for this machine only';
  return undefined;
}

/** What of an App its people see. */
export function viewApp({ clientSecret, ...app }: App): AppView {
  return { ...app, hasClientSecret: clientSecret !== undefined };
}

/** The name of the App that a newcomer's start makes; its Connections' passwords are printed in the documentation. */
export const DEMO_APP = 'demo';

/** Whether the App's platform is on this machine: a sandbox, never RingCentral. */
export function isOnThisMachine(app: Pick<App, 'platformOrigin'>): boolean {
  return isLoopback(new URL(app.platformOrigin).hostname);
}

/** Whether a host name, as `URL` spells it, means this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function originOf(text: string): string {
  return new URL(text).origin;
}
