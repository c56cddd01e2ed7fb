// What making token pairs durable costs, and claiming and reading them, beside the plain libraries: see README.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import pg from 'pg';
import { sqliteChanges } from '../dist/store/sqlite/changes.js';
import { connect } from '../dist/store/sqlite/connect.js';
import { SharedSqliteDialect, sqliteStoreDialect } from '../dist/store/sqlite/dialect.js';
import { sealedStore } from '../dist/store/store.js';
import { goal, machine, median, table } from './lib/report.mjs';
import { fill, grantOf, openStore, startPostgres, unsealed } from './lib/stores.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const ROWS = 2_000;
const IN_FLIGHT = 16;
const sealed = Buffer.alloc(2_048, 7);
const NOTE = 'insert into plain.audit (token_id, at, event, detail) values ($1, $2, $3, $4)';
const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
const ends = [() => rmSync(scratch, { recursive: true, force: true })];

const variants = [];
try {
  await addSqlite();
  await addPostgres();
  for (let round = -1; round < rounds; round += 1) {
    // Each begins one round and ends another, so that a slow minute of the machine meets all.
    for (let turn = 0; turn < variants.length; turn += 1) {
      const variant = variants[(turn + round + 1) % variants.length];
      const measured = await measure(variant, round < 0 ? 0.3 : seconds);
      if (round >= 0) variant.rounds.push(measured);
    }
  }
  report();
} finally {
  for (const end of ends.reverse()) await end();
}

/** @param run  does it once; is given a number that rises */
function add(name, run, atOnce = 1) {
  variants.push({ name, run, atOnce, rounds: [] });
}

async function addSqlite() {
  const plain = plainSqlite();
  add('better-sqlite3: 1 row of 2 KB and 1 line, 1 a transaction', plain.rotate);
  add('better-sqlite3: read 1 row of 2 KB', plain.read);

  const store = await openStore(`sqlite:${join(scratch, 'store.db')}`);
  ends.push(() => store.close());
  const rotate = rotating(store, await fill(store, ROWS));
  add('saveGrant, 1 in flight', rotate);
  add(`saveGrant, ${IN_FLIGHT} in flight`, rotate, IN_FLIGHT);
  add('saveGrant, 128 in flight', rotate, 128);
  add('findGrant, both tokens opened', (turn) => store.findGrant(`connection-${turn % ROWS}`));

  // The same statements, connection and sealing without the way to the thread and back.
  const atWriter = await openStore(`sqlite:${join(scratch, 'writer.db')}`);
  const names = await fill(atWriter, ROWS);
  await atWriter.close();
  const database = connect(join(scratch, 'writer.db'));
  const db = new Kysely({ dialect: new SharedSqliteDialect({ file: join(scratch, 'writer.db'), database, writer: undefined }) });
  const own = await unsealed(sealedStore(db, sqliteStoreDialect, sqliteChanges(database)));
  ends.push(() => own.close());
  add('saveGrant at the writer, 1 a transaction', rotating(own, names));
}

function plainSqlite() {
  const db = new BetterSqlite3(join(scratch, 'plain.db'));
  ends.push(() => db.close());
  db.pragma('journal_mode = wal');
  db.pragma('synchronous = full');
  db.exec(`create table tokens (id integer primary key, tenant text not null, sealed blob not null, version integer not null, expires_at integer not null, updated_at integer not null);
    create index tokens_expire on tokens (expires_at);
    create table audit (id integer primary key, token_id integer not null, at integer not null, event text not null, detail text not null);`);
  const insert = db.prepare('insert into tokens values (?, ?, ?, 1, ?, ?)');
  db.transaction(() => {
    for (let id = 1; id <= ROWS; id += 1) insert.run(id, `t${id}`, sealed, Date.now() + id, Date.now());
  })();
  const update = db.prepare('update tokens set sealed = ?, version = version + 1, expires_at = ?, updated_at = ? where id = ?');
  const note = db.prepare('insert into audit (token_id, at, event, detail) values (?, ?, ?, ?)');
  const select = db.prepare('select * from tokens where id = ?');
  const both = db.transaction((id) => {
    const now = Date.now();
    update.run(sealed, now + 3_600_000, now, id);
    note.run(id, now, 'refresh', '{"ok":true}');
  }).immediate;
  return { rotate: async (turn) => both((turn % ROWS) + 1), read: async (turn) => select.get((turn % ROWS) + 1) };
}

/** Saves the next generation of one Connection after the other. @throws Error  where a save did not fit */
function rotating(store, names) {
  const generations = names.map(() => 1);
  return async (turn) => {
    const index = turn % names.length;
    const expected = generations[index]++;
    if (!(await store.saveGrant(grantOf(names[index], expected + 1), expected, 'id'))) throw new Error(`${names[index]}: generation ${expected} is not stored`);
  };
}

async function addPostgres() {
  const server = await startPostgres(scratch);
  ends.push(() => server.stop());
  const pool = new pg.Pool({ connectionString: server.url, max: IN_FLIGHT });
  // The server may end a connection before the pool has.
  pool.on('error', () => undefined);
  await pool.query('create schema plain');
  await pool.query(`create table plain.tokens (id bigint primary key, tenant text not null, sealed bytea not null, version int not null, expires_at bigint not null, updated_at bigint not null);
    create index on plain.tokens (expires_at);
    create table plain.audit (id bigserial primary key, token_id bigint not null, at bigint not null, event text not null, detail text not null);
    insert into plain.tokens select id, 't' || id, decode(repeat('07', 2048), 'hex'), 1, id, id from generate_series(1, ${ROWS}) id;
    create table plain.leases (connection text primary key, holder text not null, expires_at bigint not null, generation int not null, first_attempt_at bigint not null);
    create index on plain.leases (expires_at);
    insert into plain.leases select 'connection-' || id, 'node', id, 1, id from generate_series(1, ${ROWS}) id;
    analyze;`);
  const clients = await Promise.all(Array.from({ length: IN_FLIGHT }, () => pool.connect()));
  ends.push(async () => {
    for (const client of clients) client.release();
    await pool.end();
  });
  add(`PostgreSQL: claim, 2 KB, line: 5 round trips, ${IN_FLIGHT} connections`, (turn, worker) => fiveTrips(clients[worker], turn), IN_FLIGHT);
  add(`PostgreSQL: Lease row, line: 5 round trips, ${IN_FLIGHT} connections`, (turn, worker) => fiveTripsToLease(clients[worker], turn), IN_FLIGHT);

  const store = await openStore(`${server.url}?pool_size=${IN_FLIGHT}`);
  ends.push(() => store.close());
  const names = await fill(store, ROWS);
  add(`PostgreSQL: takeLease, ${IN_FLIGHT} connections`, (turn) => claimed(store, names[turn % ROWS], turn), IN_FLIGHT);
  add(`PostgreSQL: saveGrant, ${IN_FLIGHT} connections`, rotating(store, names), IN_FLIGHT);
}

/** As a worker does that calls the platform in between. */
async function fiveTrips(client, turn) {
  await client.query('begin');
  const select = 'select id, sealed from plain.tokens where expires_at < $1 order by expires_at limit 1 for update skip locked';
  const { rows } = await client.query({ name: 'claim', text: select, values: [9e15] });
  const later = Date.now() * 1_000 + (turn % 1_000);
  const update = 'update plain.tokens set sealed = $1, version = version + 1, expires_at = $2, updated_at = $3 where id = $4';
  await client.query({ name: 'update', text: update, values: [sealed, later, later, rows[0].id] });
  await client.query({ name: 'note', text: NOTE, values: [rows[0].id, later, 'refresh', '{"ok":true}'] });
  await client.query('commit');
}

/** The same of a row that is as small as a Lease. */
async function fiveTripsToLease(client, turn) {
  await client.query('begin');
  const select = 'select connection from plain.leases where expires_at < $1 order by expires_at limit 1 for update skip locked';
  const { rows } = await client.query({ name: 'claim-lease', text: select, values: [9e15] });
  const later = Date.now() * 1_000 + (turn % 1_000);
  const update = 'update plain.leases set holder = $1, expires_at = $2, first_attempt_at = $3 where connection = $4';
  await client.query({ name: 'update-lease', text: update, values: ['node', later, later, rows[0].connection] });
  await client.query({ name: 'note', text: NOTE, values: [1, later, 'lease', '{"ok":true}'] });
  await client.query('commit');
}

async function claimed(store, connection, turn) {
  const lease = { connection, holder: 'node', expiresAt: Date.now() + 30_000, generation: turn, firstAttemptAt: Date.now() };
  if (!(await store.takeLease(lease, Date.now()))) throw new Error(`the Lease of ${connection} was not had`);
}

async function measure({ run, atOnce }, forSeconds) {
  let turn = 0;
  const started = performance.now();
  const end = started + forSeconds * 1_000;
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: atOnce }, async (_, worker) => {
      while (performance.now() < end) await run(turn++, worker);
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: turn / ((performance.now() - started) / 1_000), cpu: (user + system) / turn };
}

function report() {
  const named = (name) => variants.find((variant) => variant.name.startsWith(name));
  const [plain, atWriter] = [named('better-sqlite3: 1 row'), named('saveGrant at the writer')];
  const [five, fiveToLease, lease] = [named('PostgreSQL: claim'), named('PostgreSQL: Lease row'), named('PostgreSQL: takeLease')];
  const ratios = {
    s1: ratioOf(atWriter, plain),
    s1FromAfar: ratioOf(named('saveGrant, 1 in'), plain),
    s2: ratioOf(named(`saveGrant, ${IN_FLIGHT} in`), atWriter),
    s3: ratioOf(lease, five),
    s3ToLease: ratioOf(lease, fiveToLease),
    s4Microseconds: 1e6 / median(named('findGrant').rounds.map(({ perSecond }) => perSecond)),
  };
  console.log(`# Storage: ${machine()}\n`);
  console.log(`${rounds} alternating rounds of ${seconds} s; SQLite with synchronous = full, PostgreSQL with fsync\n`);
  table(
    ['', 'a second, median', 'min-max', 'µs each', 'CPU µs each, this process'],
    variants.map(({ name, rounds: measured }) => {
      const rates = measured.map(({ perSecond }) => perSecond);
      const range = `${Math.min(...rates).toFixed(0)}-${Math.max(...rates).toFixed(0)}`;
      return [name, median(rates).toFixed(0), range, (1e6 / median(rates)).toFixed(1), median(measured.map(({ cpu }) => cpu)).toFixed(1)];
    }),
  );
  console.log();
  goal(`S1: one rotation a transaction at the writer, sealing included, >= 0.85 × better-sqlite3: ${ratios.s1.toFixed(2)}`, ratios.s1 >= 0.85);
  console.log(`       the same one after the other from the thread that serves: ${ratios.s1FromAfar.toFixed(2)}`);
  goal(`S2: ${IN_FLIGHT} rotations in flight >= 3 × one a transaction at the writer: ${ratios.s2.toFixed(2)}`, ratios.s2 >= 3);
  goal(`S3: a Lease on PostgreSQL, ${IN_FLIGHT} connections, >= 1.8 × a claim by five round trips: ${ratios.s3.toFixed(2)}`, ratios.s3 >= 1.8);
  console.log(`       the same beside five round trips for a row as small: ${ratios.s3ToLease.toFixed(2)}`);
  goal(`S4: a token read and opened in <= 25 µs: ${ratios.s4Microseconds.toFixed(1)}`, ratios.s4Microseconds <= 25);
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine: machine(), rounds, seconds, ratios, variants }, undefined, 2)}\n`);
}

/** The median of the ratios within each round. */
function ratioOf(one, other) {
  return median(one.rounds.map((round, index) => round.perSecond / other.rounds[index].perSecond));
}
