import type { Page, PageRequest } from './page.ts';
import type { Secret } from './secret.ts';

/** What an App asks of the platform with each token request, and what was agreed about it. */
export interface AppSettings {
  /** How long its access tokens are to live; absent: as the platform sets it. */
  readonly accessTokenTtlMs?: number;
  /** How long its refresh tokens are to live; 0: it wants none. */
  readonly refreshTokenTtlMs?: number;
  /** By which the platform knows this installation. */
  readonly endpointId?: string;
  /** Its Auth limit, where another one than the platform's usual was agreed. */
  readonly tokenRequestsPerMinute?: number;
}

/**
 * What is registered with RingCentral (OAuth calls it the client), and where its platform lives.
 *
 * The three origins are the only destinations that a request of this App can have.
 */
export interface App extends AppSettings {
  readonly name: string;
  readonly platformOrigin: string;
  readonly mediaOrigin: string;
  readonly ringcxOrigin: string;
  readonly clientId: string;
  /** Absent for a public App. Of several, the one that is presented first: the newest, until the platform has refused it. */
  readonly clientSecret: Secret | undefined;
  readonly redirectUris: readonly string[];
  readonly returnTo: readonly string[];
  readonly createdAt: number;
}

/** What a person gives to create an App; the other origins follow from `platformOrigin` where they are absent. */
export interface AppDraft extends AppSettings {
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

/** One of the secrets that an App has while the platform takes several: what people see of it. */
export interface ClientSecretOutline {
  /** Counted up from `1`; never used again. */
  readonly id: string;
  readonly createdAt: number;
  /** Whether it is the one that is presented first. */
  readonly inUse: boolean;
}

/** One of the secrets of an App. */
export interface ClientSecret extends ClientSecretOutline {
  readonly secret: Secret;
}

/** Where Apps rest; their client secrets are sealed there. */
export interface AppStore {
  /** @throws NameTaken */
  createApp(app: App): Promise<void>;
  findApp(name: string): Promise<App | undefined>;
  listApps(page: PageRequest): Promise<Page<App>>;
  /** Those that are registered with this client id, by name. */
  listAppsByClientId(clientId: string): Promise<readonly App[]>;
  /**
   * Replaces an App by the one of the same name. A client secret that is not known yet takes the place of the first one,
   * and is presented first.
   *
   * @returns false where there is no such App
   */
  updateApp(app: App): Promise<boolean>;
  /**
   * @returns false where there is no such App
   * @throws InUse  while a Connection or one of its credentials names the App
   */
  removeApp(name: string): Promise<boolean>;
  /** Its client secrets, newest first; none where there is no such App. */
  listClientSecrets(app: string): Promise<readonly ClientSecret[]>;
  /**
   * Adds a client secret, which is presented first from now on.
   *
   * @returns nothing where there is no such App
   */
  addClientSecret(app: string, secret: Secret, now: number): Promise<ClientSecretOutline | undefined>;
  /** Has this client secret presented first from now on; without effect where it is not there. */
  useClientSecret(app: string, id: string): Promise<void>;
  /**
   * Removes a client secret; where it was presented first, the newest of the others is.
   *
   * @returns `absent` where there is none of this id, `only` where it is the only one, which stays
   */
  removeClientSecret(app: string, id: string): Promise<'removed' | 'absent' | 'only'>;
}

const SETTINGS = ['accessTokenTtlMs', 'refreshTokenTtlMs', 'endpointId', 'tokenRequestsPerMinute'] as const satisfies readonly (keyof AppSettings)[];

/** The settings among the fields of an App or a draft, those that are given. */
export function settingsOf(of: AppSettings): AppSettings {
  return Object.fromEntries(SETTINGS.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]]])));
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
    ...settingsOf(draft),
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
