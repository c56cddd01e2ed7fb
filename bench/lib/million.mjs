import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { end, memoryMiB, start } from './process.mjs';
import { goal, machine, table } from './report.mjs';
import { openStore, startPostgres } from './stores.mjs';

const BLOCKED_MS = 20;
const LIMIT_MIB = 250;

const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;

/**
 * Has a script work on each of the two databases, full of Connections, in a process of its own; then says what that cost it, and
 * whether it met the goals that all such have.
 *
 * @param title    of the report
 * @param summary  what was done, for the line below it
 * @param script   below this folder
 * @param args     for it, behind the database's place
 * @param rowOf    what is to be known of one database, of what the script said: `blockedMs` is in it
 * @param columns  those of the report, each with its head and what stands in it for a row
 * @param goals    further ones for a row: a text, and whether it is met
 */
export async function measureMillion({ title, summary, script, args, connections, apps, now, rowOf, columns, goals = () => [] }) {
  const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
  const ends = [() => rmSync(scratch, { recursive: true, force: true })];
  try {
    const { places, stop } = await fillBoth(scratch, { connections, apps, now });
    ends.push(stop);
    const rows = [];
    for (const [name, place] of places) {
      const { child, said } = await start(script, [place, ...args]);
      const mib = memoryMiB(child.pid, 'VmHWM');
      await end(child);
      rows.push({ name, mib, ...rowOf(said) });
    }

    console.log(`# ${title}: ${machine()}\n\n${summary}\n`);
    const all = [...columns, ['event loop blocked at most, ms', ({ blockedMs }) => blockedMs.toFixed(1)], ['peak MiB', ({ mib }) => mib?.toFixed(0) ?? '-']];
    table(
      ['', ...all.map(([head]) => head)],
      rows.map((row) => [row.name, ...all.map(([, cell]) => cell(row))]),
    );
    console.log();
    for (const row of rows) {
      for (const [text, met] of goals(row)) goal(`${row.name}: ${text}`, met);
      goal(`${row.name}: the event loop is never blocked over ${BLOCKED_MS} ms: ${row.blockedMs.toFixed(1)}`, row.blockedMs <= BLOCKED_MS);
      goal(`${row.name}: under ${LIMIT_MIB} MiB at its most: ${row.mib?.toFixed(0)}`, row.mib < LIMIT_MIB);
    }
  } finally {
    for (const finish of ends.reverse()) await finish();
  }
}

/**
 * The same rows in both databases: so many Connections with a Grant each, spread over the Apps, whose deadlines lie within a week.
 * They are written by statements, as saving them one by one would take an hour; their tokens are no tokens.
 *
 * @returns where they are, by name, and what ends it
 */
async function fillBoth(scratch, { connections, apps, now }) {
  const statements = statementsFor({ connections, apps, now });
  const file = join(scratch, 'trunkline.db');
  await (await openStore(`sqlite:${file}`)).close();
  const database = new BetterSqlite3(file);
  database.exec(
    `create temp table numbers as with recursive counted (n) as (select 0 union all select n + 1 from counted where n < ${connections - 1}) select n from counted`,
  );
  for (const statement of statements) database.exec(statement);
  database.close();

  const server = await startPostgres(scratch);
  await (await openStore(server.url)).close();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create temp table numbers as select n from generate_series(0, ${connections - 1}) n`);
  for (const statement of statements) await client.query(statement.replaceAll("x'00'", "'\\x00'::bytea"));
  await client.query('vacuum analyze');
  await client.end();
  return {
    places: [
      ['SQLite', `sqlite:${file}`],
      ['PostgreSQL', server.url],
    ],
    stop: () => server.stop(),
  };
}

// `n` counts them; 7919 is prime, so that neighbours die at different times.
function statementsFor({ connections, apps, now }) {
  const deadline = `${now + DAY_MS} + (cast(n as bigint) * 7919) % ${(WEEK_MS - DAY_MS) / 1_000} * cast(1000 as bigint)`;
  return [
    `insert into apps (name, platform_origin, media_origin, ringcx_origin, client_id, redirect_uris, return_to, created_at)
      select 'app-' || n, '', '', '', '', '[]', '[]', 0 from numbers where n < ${Math.min(apps, connections)}`,
    `insert into connections (name, id, app, labels, keep, created_at, keep_by, budget_app)
      select 'connection-' || n, 'id', 'app-' || (n % ${apps}), '{}', 'alive', 0, ${deadline}, 'app-' || (n % ${apps}) from numbers`,
    `insert into grants (connection, app, generation, access_token, issued_at, expires_at, refresh_token, refresh_expires_at, scope)
      select 'connection-' || n, 'app-' || (n % ${apps}), 1, x'00', ${deadline} - ${WEEK_MS}, ${deadline} - ${WEEK_MS - 3_600_000}, x'00', ${deadline}, '' from numbers`,
  ];
}
