// A gateway with 10,000 Connections, 100 Apps and 1,000 Clients: its start, and the pages of its lists: see README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Secret } from '../dist/domain/secret.js';
import { freePort, memoryMiB } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';
import { grantOf, openStore, startPostgres, VAULT_KEY } from './lib/stores.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '10000' }, apps: { type: 'string', default: '100' }, clients: { type: 'string', default: '1000' } },
});
const [connections, apps, clients] = [Number(values.connections), Number(values.apps), Number(values.clients)];
const START_MS = 5_000;
const PAGE_MS = 200;
const PAGE_ITEMS = 100;
const AT_ONCE = 32;
const KINDS = ['apps', 'connections', 'clients'];
const ADMIN_TOKEN = 'admin-token-of-the-bench-0123456789';
const executable = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const ends = [() => rmSync(scratch, { recursive: true, force: true })];

try {
  const server = await startPostgres(scratch);
  ends.push(() => server.stop());
  const rows = [];
  for (const [name, place] of [
    ['SQLite', `sqlite:${join(scratch, 'trunkline.db')}`],
    ['PostgreSQL', server.url],
  ]) {
    await fillStore(place);
    rows.push({ name, ...(await measure(place)) });
  }

  console.log(`# Size: ${machine()}\n`);
  console.log(`${connections} Connections with a Grant each, ${apps} Apps, ${clients} Clients; pages of ${PAGE_ITEMS}\n`);
  table(
    ['', 'start, ms', ...KINDS.flatMap((kind) => [`${kind}: pages`, 'ms, median', 'at most']), 'resident MiB'],
    rows.map(({ name, startMs, pages, mib }) => [
      name,
      startMs.toFixed(0),
      ...KINDS.flatMap((kind) => [pages[kind].length, median(pages[kind]).toFixed(0), Math.max(...pages[kind]).toFixed(0)]),
      mib?.toFixed(0) ?? '-',
    ]),
  );
  console.log();
  for (const { name, startMs, pages } of rows) {
    const slowest = Math.max(...KINDS.flatMap((kind) => pages[kind]));
    goal(`${name}: it starts within ${START_MS} ms: ${startMs.toFixed(0)}`, startMs <= START_MS);
    goal(`${name}: a page of a list takes ${PAGE_MS} ms at most: ${slowest.toFixed(0)}`, slowest <= PAGE_MS);
  }
} finally {
  for (const finish of ends.reverse()) await finish();
}

async function fillStore(place) {
  const store = await openStore(place);
  const origin = 'https://platform.example.com';
  const places = { platformOrigin: origin, mediaOrigin: origin, ringcxOrigin: origin, redirectUris: [], returnTo: [] };
  const createdAt = Date.now();
  const appOf = (index) => `app-${index % apps}`;
  await eachOf(apps, (index) => store.createApp({ name: appOf(index), clientId: `id-${index}`, clientSecret: new Secret('secret'), createdAt, ...places }));
  await eachOf(connections, async (index) => {
    const name = `connection-${index}`;
    const connection = {
      id: 'id',
      name,
      app: appOf(index),
      labels: { customer: String(index) },
      keep: 'alive',
      ownerId: undefined,
      signInNeeded: undefined,
      createdAt,
    };
    await store.createConnection(connection, []);
    await store.saveGrant({ ...grantOf(name, 1), app: appOf(index) }, 0, 'id');
  });
  await eachOf(clients, (index) => {
    const allowed = [`connection-${index % connections}`];
    const keys = [{ id: '1', hash: `hash-${index}`, createdAt, expiresAt: undefined }];
    return store.createClient({ name: `client-${index}`, connections: allowed, policy: undefined, keys, legacyLogins: [], rewriteLinks: false, createdAt });
  });
  await store.close();
}

async function eachOf(count, work) {
  for (let from = 0; from < count; from += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => work(from + index)));
  }
}

async function measure(place) {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    TRUNKLINE_DATABASE: place,
    TRUNKLINE_LISTEN: `127.0.0.1:${port}`,
    TRUNKLINE_ADMIN_TOKEN: ADMIN_TOKEN,
    TRUNKLINE_VAULT_KEY: VAULT_KEY.toString('base64'),
  };
  const started = performance.now();
  const child = spawn(process.execPath, [executable, 'serve'], { cwd: scratch, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await ready(child, port);
    const startMs = performance.now() - started;
    const pages = {};
    for (const kind of KINDS) pages[kind] = await timesOfPages(port, kind);
    return { startMs, pages, mib: memoryMiB(child.pid) };
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

async function ready(child, port) {
  child.stdout.resume();
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Reads the whole list, as `trunkline … list` does. @returns what each page took, in ms */
async function timesOfPages(port, kind) {
  const times = [];
  let cursor;
  do {
    const query = new URLSearchParams({ limit: PAGE_ITEMS, ...(cursor !== undefined && { cursor }) });
    const begun = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/trunkline/api/${kind}?${query}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    const body = await answer.json();
    times.push(performance.now() - begun);
    if (answer.status !== 200) throw new Error(JSON.stringify(body));
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return times;
}
