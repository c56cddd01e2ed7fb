import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { SealedValueUnreadable } from '../../src/domain/errors.ts';
import { faxId } from '../../src/domain/fax.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { openInFile } from './sqlite-world.ts';
import { NOW } from './world.ts';

const PIECE = 256 * 1024;

/** Two faxes of three pieces each, and a hand on their tables. */
async function world() {
  const { store, file, close } = await openInFile();
  onTestFinished(close);
  const ids = [faxId(NOW, 1, 'mine'), faxId(NOW, 2, 'other')] as const;
  for (const id of ids) {
    const contentKey = new Secret(randomBytes(32).toString('base64'));
    const order = { recipients: [{ phoneNumber: '+16505550100' }], documents: [] };
    const content = async function* () {
      for (let piece = 0; piece < 3; piece += 1) yield Buffer.alloc(PIECE, 'planted-5550107 ');
    };
    await store.acceptFax(
      { id, client: 'crm', connection: 'front-desk', order, createdAt: NOW, deadline: NOW + 1, repeatKey: undefined, contentKey },
      content(),
    );
  }
  const sql = (statement: string) => {
    const database = new BetterSqlite3(file);
    database.exec(statement);
    database.close();
  };
  return { store, file, sql, mine: ids[0], other: ids[1] };
}

async function readAll(store: Store, id: string): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of store.readFaxContent(id)) read.push(piece);
  return Buffer.concat(read);
}

test.each([
  ['the last piece is missing', (mine: string) => `delete from fax_contents where fax = '${mine}' and piece = 2`],
  ['a piece in the middle is missing', (mine: string) => `delete from fax_contents where fax = '${mine}' and piece = 1`],
  ['all are missing', (mine: string) => `delete from fax_contents where fax = '${mine}'`],
  [
    'two are exchanged',
    (mine: string) =>
      `update fax_contents set piece = 9 where fax = '${mine}' and piece = 0; update fax_contents set piece = 0 where fax = '${mine}' and piece = 1; update fax_contents set piece = 1 where fax = '${mine}' and piece = 9`,
  ],
  [
    "one is another fax's",
    (mine: string, other: string) =>
      `delete from fax_contents where fax = '${mine}' and piece = 1; update fax_contents set fax = '${mine}' where fax = '${other}' and piece = 1`,
  ],
  ['one is added', (mine: string, other: string) => `update fax_contents set fax = '${mine}', piece = 3 where fax = '${other}' and piece = 2`],
  [
    "the key is another fax's",
    (mine: string, other: string) => `update faxes set content_key = (select content_key from faxes where id = '${other}') where id = '${mine}'`,
  ],
])('a content of which %s does not open', async (_what, change) => {
  const { store, sql, mine, other } = await world();
  const before = await readAll(store, mine);
  sql(change(mine, other));

  const reading = readAll(store, mine);

  await expect(reading).rejects.toBeInstanceOf(SealedValueUnreadable);
  expect(before.length).toBe(3 * PIECE);
});

test('no document can be read in the database file, nor in what belongs to it', async () => {
  const { file } = await world();

  for (const path of [file, `${file}-wal`]) expect(readFileSync(path).includes('planted-5550107')).toBe(false);
});
