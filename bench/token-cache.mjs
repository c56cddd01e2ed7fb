// A token from memory, in this process: how many a second, and what 10,000 Connections take. See README.md.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Freezes } from '../dist/broker/freezes.js';
import { GrantCache } from '../dist/broker/grant-cache.js';
import { Tokens } from '../dist/broker/tokens.js';
import { Secret } from '../dist/domain/secret.js';
import { systemClock as clock } from '../dist/runtime/clock.js';
import { systemRandom as random } from '../dist/runtime/random.js';
import { openSqliteStore } from '../dist/store/sqlite/open.js';
import { openVault } from '../dist/vault/vault.js';
import { goal, machine, median } from './lib/report.mjs';

const { values } = parseArgs({ options: { connections: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '5' } } });
const count = Number(values.connections);
const A_ROUND = 200_000;
const GOAL = 100_000;

const folder = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const sealed = await openSqliteStore({ file: join(folder, 'trunkline.db') });
try {
  const vault = await openVault({ vaultKey: randomBytes(32), keys: sealed.dataKeys, random, now: clock.now() });
  const store = sealed.withVault(vault);
  const log = { info() {}, warn() {}, error() {} };
  const names = await fill(store);
  const freezes = await Freezes.open({ store, clock, log });
  const grants = new GrantCache({ store, clock });
  const tokens = new Tokens({ store, freezes, grants, clock, random, log, rescue: undefined, trail: undefined, fetch, node: 'bench' });

  const fromDatabase = await measure(tokens, names, 20_000);
  await Promise.all([freezes.watch(), grants.watch()]);
  for (const name of names) await tokens.usableGrant(name);
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await measure(tokens, names, A_ROUND));

  console.log(`# A token from memory: ${machine()}\n`);
  console.log(`${count} Connections on a SQLite file, one caller after the other; ${rounds.length} rounds of ${A_ROUND}`);
  console.log(`from the database ${fromDatabase.toFixed(0)} a second; from memory ${rounds.map((perSecond) => perSecond.toFixed(0)).join(', ')}\n`);
  goal(`>= ${GOAL} tokens a second from memory: ${median(rounds).toFixed(0)}`, median(rounds) >= GOAL);
  grants.close();
  await freezes.close();
} finally {
  await sealed.close();
  rmSync(folder, { recursive: true, force: true });
}

async function fill(store) {
  const origin = 'https://platform.example.com';
  const app = { name: 'main', platformOrigin: origin, mediaOrigin: origin, ringcxOrigin: origin, clientId: 'id', redirectUris: [], returnTo: [], createdAt: 0 };
  await store.createApp({ ...app, clientSecret: new Secret('secret') });
  const names = Array.from({ length: count }, (_, index) => `connection-${index}`);
  const now = clock.now();
  for (const name of names) {
    await store.createConnection({ id: name, name, app: 'main', labels: {}, keep: 'alive', createdAt: now }, []);
    const pair = { accessToken: new Secret(`access-${name}`), refreshToken: new Secret(`refresh-${name}`) };
    await store.saveGrant({ connection: name, app: 'main', generation: 1, ...pair, issuedAt: now, expiresAt: now + 3_600_000, scope: 'RingOut' }, 0, name);
  }
  return names;
}

async function measure(tokens, names, times) {
  const started = performance.now();
  for (let index = 0; index < times; index += 1) {
    const grant = await tokens.usableGrant(names[index % names.length]);
    if (!grant.accessToken) throw new Error('there is no token');
  }
  return (times / (performance.now() - started)) * 1_000;
}
