import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../src/sandbox/journal.ts';
import { contentsOf } from '../../src/store/sqlite/contents.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

describe('contentsOf', () => {
  test('tells an empty file, a gateway, a sandbox, another program, and no database apart', async () => {
    const files = folder();
    writeFileSync(files('empty'), '');
    await (await openSqliteStore({ file: files('gateway') })).close();
    openJournal(files('sandbox')).journal.close();
    new BetterSqlite3(files('other')).exec('create table apps (name text)').close();
    writeFileSync(files('letter'), 'This is a letter, not a database. '.repeat(100));

    expect(['empty', 'gateway', 'sandbox', 'other', 'letter', 'absent'].map((name) => contentsOf(files(name)))).toEqual([
      'nothing',
      'trunkline',
      'sandbox',
      'other',
      undefined,
      undefined,
    ]);
  });

  test('the file of a sandbox, and that of another program, are refused and stay as they were', async () => {
    const files = folder();
    openJournal(files('sandbox')).journal.close();
    new BetterSqlite3(files('other')).exec('create table apps (name text)').close();
    const before = statSync(files('other')).size;

    const opening = ['sandbox', 'other'].map((name) => openSqliteStore({ file: files(name) }));

    await expect(opening[0]).rejects.toThrow("holds the state of a sandbox, not a gateway's");
    await expect(opening[1]).rejects.toThrow("holds another program's tables");
    expect([contentsOf(files('sandbox')), contentsOf(files('other')), statSync(files('other')).size]).toEqual(['sandbox', 'other', before]);
  });

  test('a folder that is not there is made only where that is asked for', async () => {
    const file = join(folder()('typo'), 'trunkline.db');

    await expect(openSqliteStore({ file, makeFolder: false })).rejects.toThrow(
      /the folder \S+\/typo does not exist; make it, or correct TRUNKLINE_DATABASE\.$/,
    );

    expect(() => statSync(join(file, '..'))).toThrow('ENOENT');
    await (await openSqliteStore({ file })).close();
  });
});

function folder(): (name: string) => string {
  const made = mkdtempSync(join(tmpdir(), 'trunkline-contents-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return (name) => join(made, name);
}
