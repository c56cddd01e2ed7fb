// How long the deadlines of a million Connections take to be counted, and whether anything waits for that: see README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { end, memoryMiB, start } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';
import { openStore, startPostgres } from './lib/stores.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000000' }, apps: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' } },
});
const connections = Number(values.connections);
const apps = Number(values.apps);
const NOW = Date.now();
const WEEK_MS = 604_800_000;
const BLOCKED_MS = 20;
const LIMIT_MIB = 250;

// The same rows for both: `n` counts them, and their deadlines lie within a week.
const APPS = `insert into apps (name, platform_origin, media_origin, ringcx_origin, client_id, redirect_uris, return_to, created_at)
  select 'app-' || n, '', '', '', '', '[]', '[]', 0 from numbers where n < ${apps}`;
const CONNECTIONS = `insert into connections (name, id, app, labels, keep, created_at, keep_by, budget_app)
  select 'connection-' || n, 'id', 'app-' || (n % ${apps}), '{}', 'alive', 0, ${NOW} + (n * 7919) % ${WEEK_MS / 1_000} * cast(1000 as bigint), 'app-' || (n % ${apps}) from numbers`;

const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const ends = [() => rmSync(scratch, { recursive: true, force: true })];
try {
  const file = join(scratch, 'trunkline.db');
  await (await openStore(`sqlite:${file}`)).close();
  const database = new BetterSqlite3(file);
  database.exec(
    `create temp table numbers as with recursive counted (n) as (select 0 union all select n + 1 from counted where n < ${connections - 1}) select n from counted`,
  );
  database.exec(APPS);
  database.exec(CONNECTIONS);
  database.close();

  const server = await startPostgres(scratch);
  ends.push(() => server.stop());
  await (await openStore(server.url)).close();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create temp table numbers as select n from generate_series(0, ${connections - 1}) n`);
  await client.query(APPS);
  await client.query(CONNECTIONS);
  await client.query('vacuum analyze connections');
  await client.end();

  const rows = [];
  for (const [name, place] of [
    ['SQLite', `sqlite:${file}`],
    ['PostgreSQL', server.url],
  ]) {
    const { child, said } = await start('servers/forecaster.mjs', [place, values.rounds]);
    const mib = memoryMiB(child.pid, 'VmHWM');
    await end(child);
    if (said.connections !== connections) throw new Error(`${said.connections} were counted`);
    rows.push({ name, mib, counts: said.counts, ms: said.runs.map(({ ms }) => ms), blockedMs: Math.max(...said.runs.map(({ blockedMs }) => blockedMs)) });
  }

  console.log(`# Forecast: ${machine()}\n`);
  console.log(`${connections} Connections over ${apps} Apps, counted ${values.rounds} times on each database\n`);
  table(
    ['', 'ms, median', 'min-max', 'counts', 'event loop blocked at most, ms', 'peak MiB'],
    rows.map(({ name, ms, counts, blockedMs, mib }) => [
      name,
      median(ms).toFixed(0),
      `${Math.min(...ms).toFixed(0)}-${Math.max(...ms).toFixed(0)}`,
      counts,
      blockedMs.toFixed(1),
      mib?.toFixed(0) ?? '-',
    ]),
  );
  console.log();
  for (const { name, blockedMs, mib } of rows) {
    goal(`${name}: the event loop is never blocked over ${BLOCKED_MS} ms: ${blockedMs.toFixed(1)}`, blockedMs <= BLOCKED_MS);
    goal(`${name}: under ${LIMIT_MIB} MiB at its most: ${mib?.toFixed(0)}`, mib < LIMIT_MIB);
  }
} finally {
  for (const finish of ends.reverse()) await finish();
}
