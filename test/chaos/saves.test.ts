import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { openSqlite } from '../contract/sqlite-world.ts';
import { sampleApp, sampleConnection } from '../contract/world.ts';
import { figures } from './world.ts';

const SAVER = fileURLToPath(new URL('./saver.mjs', import.meta.url));
const KILLS = figures(10, 200);
const CONNECTIONS = Array.from({ length: 16 }, (_, index) => `desk-${index}`);

test(
  'G2: of a process that is killed while it saves, everything it was told of is in the file, and every save is whole',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-saves-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'trunkline.db');
    const vaultKey = randomBytes(32);
    await withStore(file, vaultKey, async (store) => {
      await store.createApp(sampleApp({ name: 'demo' }));
      for (const name of CONNECTIONS) await store.createConnection(sampleConnection({ id: name, name, app: 'demo' }), []);
    });
    const told = new Map<string, number>();

    for (let kill = 0; kill < KILLS; kill += 1) {
      const settings = { database: `sqlite:${file}`, vaultKey: vaultKey.toString('base64'), connections: CONNECTIONS };
      const saver = spawn(process.execPath, [SAVER, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const saying = text(saver.stdout);
      await once(saver.stdout, 'readable');
      await delay(Math.random() * 40);
      saver.kill('SIGKILL');
      for (const line of (await saying).trim().split('\n')) {
        const [connection = '', generation] = line.split(' ');
        told.set(connection, Number(generation));
      }

      await withStore(file, vaultKey, async (store) => {
        const stored = new Map<number, number>();
        for (const connection of CONNECTIONS) {
          const grant = await store.findGrant(connection);
          const generation = grant?.generation ?? 0;
          expect(generation).toBeGreaterThanOrEqual(told.get(connection) ?? 0);
          expect(generation).toBeLessThanOrEqual((told.get(connection) ?? 0) + 1);
          if (grant) expect([grant.accessToken.reveal(), grant.refreshToken?.reveal()]).toEqual([`access-${generation}`, `refresh-${generation}`]);
          if (grant) stored.set(generation, (stored.get(generation) ?? 0) + 1);
          told.set(connection, generation);
        }
        const noted = (await store.countDeadlines(0)).map(({ hour, connections }) => [hour, connections]);
        expect(noted).toEqual([...stored].toSorted(([one], [other]) => one - other));
      });
    }

    expect(Math.min(...CONNECTIONS.map((connection) => told.get(connection) ?? 0))).toBeGreaterThan(0);
  },
  figures(120_000, 1_800_000),
);

async function withStore(file: string, vaultKey: Uint8Array, use: (store: Store) => Promise<void>): Promise<void> {
  const store = await openSqlite(file, vaultKey);
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
