import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { LEASE_MS } from '../../src/broker/lease.ts';
import { appFromDraft } from '../../src/domain/app.ts';
import { databasePlace } from '../../src/domain/database-place.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts';
import { databaseAt } from '../../src/store/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { TOKEN_PATH } from '../world.ts';

const NODE = fileURLToPath(new URL('./node.mjs', import.meta.url));

/** A gateway process that can be killed. */
export interface ChaosNode {
  readonly process: ChildProcess;
  /** Uses the Connection so many times at once: the statuses, or the codes of what went wrong. */
  use(connection: string, times?: number): Promise<(number | string)[]>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<unknown>;
}

/** A sandbox, a database with the Connections, and processes that share it. */
export interface ChaosWorld {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly store: Store;
  start(crashAt?: string): Promise<ChaosNode>;
  /** Does to the Leases of these Connections what 30 s would do. */
  lapse(...connections: string[]): Promise<void>;
  /** The grant types of the token requests so far. */
  tokenRequests(): (string | undefined)[];
}

export { figures } from '../figures.ts';

/** @param databaseUrl  a database that is there, without tables; a SQLite file unless told otherwise */
export async function chaosWorld(databaseUrl?: string): Promise<ChaosWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-chaos-'));
  const sandbox = await startSandbox();
  await sandbox.setLimits({ scale: 0 });
  const database = databaseUrl ?? `sqlite:${join(folder, 'trunkline.db')}`;
  const vaultKey = randomBytes(32);
  const place = databasePlace(database);
  if (typeof place === 'string') throw new TypeError(place);
  const sealed = await databaseAt(place).open({ makeFolder: false });
  const store = sealed.withVault(await openVault({ vaultKey, keys: sealed.dataKeys, random: systemRandom, now: Date.now() }));
  const children = new Set<ChildProcess>();
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const { clientId, clientSecret } = DEMO.app;
  await store.createApp(appFromDraft({ name: 'demo', platformOrigin: sandbox.origin, clientId, clientSecret: new Secret(clientSecret) }, Date.now()));
  for (const { name, password, ...login } of DEMO.connections) {
    await store.createConnection(
      { id: name, name, app: 'demo', labels: {}, keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: Date.now() },
      [{ kind: 'password', ...login, password: new Secret(password) }],
    );
  }
  return {
    folder,
    sandbox,
    store,
    start: async (crashAt) => {
      const settings = { database, rescueFolder: join(folder, 'rescue'), vaultKey: vaultKey.toString('base64'), crashAt };
      const child = fork(NODE, [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      children.add(child);
      await once(child, 'message');
      return chaosNode(child);
    },
    lapse: async (...connections) => {
      for (const connection of connections) await lapse(store, connection);
    },
    tokenRequests: () => sandbox.requests(TOKEN_PATH).map(({ grantType }) => grantType),
  };
}

async function lapse(store: Store, connection: string): Promise<void> {
  const now = Date.now();
  const generation = (await store.findGrant(connection))?.generation ?? 0;
  await store.takeLease({ connection, holder: 'the test', expiresAt: now, generation, firstAttemptAt: now }, now + LEASE_MS);
}

function chaosNode(child: ChildProcess): ChaosNode {
  let last = 0;
  const ended = once(child, 'exit');
  return {
    process: child,
    ended,
    use: async (connection, times = 1) => {
      last += 1;
      const id = last;
      child.send({ id, connection, times });
      return Promise.race([
        ended.then(() => ['killed']),
        new Promise<(number | string)[]>((resolve) => {
          const hear = (message: { id: number; statuses: (number | string)[] }) => {
            if (message.id !== id) return;
            child.off('message', hear);
            resolve(message.statuses);
          };
          child.on('message', hear);
        }),
      ]);
    },
  };
}
