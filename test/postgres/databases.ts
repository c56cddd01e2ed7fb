import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, inject } from 'vitest';
import { databasePlace, type PostgresPlace } from '../../src/domain/database-place.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';

const names: string[] = [];
let filled: Promise<string> | undefined;

/** A database with nothing in it, which ends with the tests of the file. */
export async function emptyDatabase(): Promise<string> {
  return createDatabase('');
}

/** A database with Trunkline's tables: a copy, which takes a tenth of the time that making them takes. */
export async function databaseWithTables(): Promise<string> {
  filled ??= emptyDatabase().then(async (url) => {
    await (await openPostgresStore(placeOf(url))).close();
    return nameIn(url);
  });
  return createDatabase(`template ${await filled}`);
}

export function placeOf(url: string): PostgresPlace {
  const place = databasePlace(url);
  if (typeof place === 'string' || place.kind !== 'postgres') throw new TypeError(`${url} ${place}`);
  return place;
}

/** Runs statements that have no parameters, on a connection of their own. */
export async function onDatabase(url: string, ...statements: readonly string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const results: unknown[] = [];
    for (const statement of statements) results.push((await client.query(statement)).rows);
    return results;
  } finally {
    await client.end();
  }
}

async function createDatabase(more: string): Promise<string> {
  const name = `trunkline_test_${randomBytes(6).toString('hex')}`;
  await onDatabase(inject('postgresUrl'), `create database ${name} ${more}`);
  names.push(name);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}

afterAll(async () => {
  await onDatabase(inject('postgresUrl'), ...names.splice(0).map((name) => `drop database if exists ${name} with (force)`));
});
