import { afterEach } from 'vitest';
import type { App } from '../../src/domain/app.ts';
import type { Client, ClientKey, LegacyLogin } from '../../src/domain/client.ts';
import type { Connection } from '../../src/domain/connection.ts';
import type { PasswordCredential, RefreshTokenCredential } from '../../src/domain/credential.ts';
import type { Freeze } from '../../src/domain/freeze.ts';
import type { Grant } from '../../src/domain/grant.ts';
import type { Page, PageRequest } from '../../src/domain/page.ts';
import type { RingOutSession } from '../../src/domain/ring-out.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';

/** A database with nothing in it. */
export interface StoreWorld {
  readonly store: Store;
  /** What another node sees: a second connection where the database can have one, else the same store. */
  readonly other: Store;
  /** Reads the tables as they are. */
  look(query: string): Promise<unknown[]>;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<StoreWorld>;

const MOST_PAGES = 50;
export const NOW = 1_750_000_000_000;

/** Opens worlds that end with their test. */
export function worldsOf(open: OpenStore): OpenStore {
  const opened: StoreWorld[] = [];
  afterEach(async () => {
    for (const world of opened.splice(0)) await world.close();
  });
  return async () => {
    const world = await open();
    opened.push(world);
    return world;
  };
}

export function sampleApp(of: Partial<App> = {}): App {
  return {
    name: 'main',
    platformOrigin: 'https://platform.example.com',
    mediaOrigin: 'https://media.example.com',
    ringcxOrigin: 'https://ringcx.example.com',
    clientId: 'client-id',
    clientSecret: new Secret('client-secret'),
    redirectUris: ['https://myapp.example.com/oauth2Callback', 'http://127.0.0.1/'],
    returnTo: ['https://myapp.example.com/'],
    createdAt: NOW,
    ...of,
  };
}

/** The identity of every sample Connection. */
export const CONNECTION_ID = 'connection-id';

export function sampleConnection(of: Partial<Connection> = {}): Connection {
  return { id: CONNECTION_ID, name: 'front-desk', app: 'main', labels: {}, keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: NOW, ...of };
}

export function password(of: Partial<PasswordCredential> = {}): PasswordCredential {
  return { kind: 'password', username: '16505550100', extension: '101', password: new Secret('1234'), ...of };
}

export function refreshToken(of: Partial<RefreshTokenCredential> = {}): RefreshTokenCredential {
  return { kind: 'refresh_token', refreshToken: new Secret('a-refresh-token'), ...of };
}

/** A pair whose tokens tell its generation. */
export function sampleGrant(of: Partial<Grant> = {}): Grant {
  const generation = of.generation ?? 1;
  return {
    connection: 'front-desk',
    app: 'main',
    generation,
    accessToken: new Secret(`access-${generation}`),
    issuedAt: NOW,
    expiresAt: NOW + 3_600_000,
    refreshToken: new Secret(`refresh-${generation}`),
    refreshExpiresAt: NOW + 604_800_000,
    ownerId: '256440016',
    scope: 'RingOut ReadCallLog',
    endpointId: 'endpoint',
    sessionId: 'session',
    refreshRefused: undefined,
    ...of,
  };
}

export function sampleClient(of: Partial<Client> = {}): Client {
  return { name: 'billing', connections: ['front-desk'], policy: undefined, keys: [sampleKey()], rewriteLinks: false, legacyLogins: [], createdAt: NOW, ...of };
}

export function sampleKey(of: Partial<ClientKey> = {}): ClientKey {
  return { id: '1', hash: 'ab'.repeat(32), createdAt: NOW, expiresAt: undefined, ...of };
}

export function sampleLogin(of: Partial<LegacyLogin> = {}): LegacyLogin {
  return { username: '16505550100', extension: '101', passwordHash: '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA', connection: 'front-desk', ...of };
}

export function sampleFreeze(of: Partial<Freeze> = {}): Freeze {
  return { kind: 'connection', name: 'front-desk', at: NOW, by: 'admin', reason: 'a laptop was stolen', ...of };
}

export function sampleSession(of: Partial<RingOutSession> = {}): RingOutSession {
  return {
    sessionId: 1_234_567,
    client: 'billing',
    connection: 'front-desk',
    ringOutId: 's-ring-out-1',
    to: '6505550101',
    from: '6505550102',
    createdAt: NOW,
    expiresAt: NOW + 60_000,
    repeatKey: 'the-same-call',
    ...of,
  };
}

/** Gives the store an App and Connections of it, without credentials. */
export async function withConnections(store: Store, ...names: string[]): Promise<void> {
  if (!(await store.findApp('main'))) await store.createApp(sampleApp());
  for (const name of names) await store.createConnection(sampleConnection({ name }), []);
}

/** The same value with its Secrets revealed: two Secrets are equal to every comparison, whatever they hold. */
export function revealed(value: unknown): unknown {
  if (value instanceof Secret) return `secret ${value.reveal()}`;
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)]));
}

/** The names on each page, from the first page to the last. */
export async function pagesOf(list: (page: PageRequest) => Promise<Page<{ readonly name: string }>>, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page: Page<{ readonly name: string }> = await list({ limit, ...(cursor !== undefined && { cursor }) });
    pages.push(page.items.map(({ name }) => name));
    // A cursor that leads nowhere would go on for ever, and no time-out could end it.
    if (pages.length > MOST_PAGES) throw new Error('the list does not end');
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

/** `count` names in their order, and a way to create them out of it. */
export function namesInOrder(count: number): { readonly ordered: string[]; readonly shuffled: string[] } {
  const ordered = Array.from({ length: count }, (_, index) => `name-${String(index).padStart(4, '0')}`);
  return {
    ordered,
    shuffled: ordered.toSorted((a, b) =>
      [...a]
        .reverse()
        .join('')
        .localeCompare([...b].reverse().join('')),
    ),
  };
}
