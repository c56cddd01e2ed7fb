import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { SandboxFileUnusable } from './file-unusable.ts';

/** What the sandbox remembers over a restart: documents, by kind and id. */
export interface Journal {
  put(kind: string, id: string, document: object): void;
  remove(kind: string, id: string): void;
  /** Keeps bytes that nobody needs to have in memory: what was faxed, a picture. */
  putContent(id: string, bytes: Uint8Array): void;
  readContent(id: string): Uint8Array | undefined;
  removeContent(id: string): void;
  /** Forgets every document and every content. */
  clear(): void;
  /** Resolves when everything that was put, removed or cleared so far is on the disk. */
  durable(): Promise<void>;
  /** Writes what is left, and lets go of the file. */
  close(): void;
}

/** A document as it was last put. */
export interface StoredDocument {
  readonly kind: string;
  readonly document: unknown;
}

/**
 * Opens the journal in a file, and reads what it holds, in the order in which each document was first put.
 *
 * A file that is not there is made, readable by its owner only.
 *
 * @throws SandboxFileUnusable  it cannot be made or read, or is not a sandbox's
 */
export function openJournal(file: string): { readonly journal: Journal; readonly documents: readonly StoredDocument[] } {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    const database = openDatabase(file);
    return { journal: new SqliteJournal(database), documents: readDocuments(database) };
  } catch (error) {
    throw new SandboxFileUnusable(file, error);
  }
}

// Nobody else writes to the file for long; a lock that stays is said to the caller.
const LOCK_TIMEOUT_MS = 500;
// 'SBX1', so that no other program's database is taken for a sandbox's.
const APPLICATION_ID = 0x53425831;
const NEW_FILE = 0;

const SCHEMA = `
  create table documents (
    position integer primary key,
    kind text not null,
    id text not null,
    body text not null,
    unique (kind, id)
  ) strict`;
const CONTENTS_SCHEMA = `
  create table if not exists contents (
    id text primary key,
    bytes blob not null
  ) strict`;

function openDatabase(file: string): BetterSqlite3.Database {
  const database = new BetterSqlite3(file, { timeout: LOCK_TIMEOUT_MS });
  try {
    const applicationId = database.pragma('application_id', { simple: true });
    const tables = database.prepare<[], { name: string }>("select name from sqlite_master where type = 'table'").all();
    if (applicationId === NEW_FILE && tables.length === 0) {
      database.transaction(() => {
        database.exec(SCHEMA);
        database.pragma(`application_id = ${APPLICATION_ID}`);
      })();
    } else if (applicationId !== APPLICATION_ID) throw new Error("it is a database, but not a sandbox's");
    database.exec(CONTENTS_SCHEMA);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readDocuments(database: BetterSqlite3.Database): StoredDocument[] {
  const rows = database.prepare<[], { kind: string; body: string }>('select kind, body from documents order by position').all();
  return rows.map(({ kind, body }) => ({ kind, document: JSON.parse(body) as unknown }));
}

interface Change {
  readonly kind: string;
  readonly id: string;
  /** Absent where the document is removed. */
  readonly document?: object;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Requests that arrive together share a transaction: a sync of the disk costs more than anything else that the sandbox
 * does. What could not be written stays, and is written with the next request's.
 */
class SqliteJournal implements Journal {
  readonly #database: BetterSqlite3.Database;
  readonly #write: (cleared: boolean, changes: readonly Change[], contents: readonly (readonly [string, Uint8Array | null])[]) => void;
  readonly #select: BetterSqlite3.Statement<[string], { bytes: Buffer }>;
  readonly #changes = new Map<string, Change>();
  /** Contents that are not written yet; null where one is to be removed. */
  readonly #contents = new Map<string, Uint8Array | null>();
  #cleared = false;
  #waiters: Waiter[] = [];

  constructor(database: BetterSqlite3.Database) {
    this.#database = database;
    const clear = database.prepare('delete from documents');
    const clearContents = database.prepare('delete from contents');
    const removeContent = database.prepare('delete from contents where id = ?');
    const putContent = database.prepare('insert into contents (id, bytes) values (?, ?) on conflict (id) do update set bytes = excluded.bytes');
    this.#select = database.prepare('select bytes from contents where id = ?');
    const remove = database.prepare('delete from documents where kind = ? and id = ?');
    const put = database.prepare('insert into documents (kind, id, body) values (?, ?, ?) on conflict (kind, id) do update set body = excluded.body');
    this.#write = database.transaction((cleared: boolean, changes: readonly Change[], contents: readonly (readonly [string, Uint8Array | null])[]) => {
      if (cleared) {
        clear.run();
        clearContents.run();
      }
      for (const [id, bytes] of contents) {
        if (bytes) putContent.run(id, bytes);
        else removeContent.run(id);
      }
      for (const { kind, id, document } of changes) {
        if (document) put.run(kind, id, JSON.stringify(document));
        else remove.run(kind, id);
      }
    });
  }

  put(kind: string, id: string, document: object): void {
    this.#changes.set(`${kind} ${id}`, { kind, id, document });
  }

  remove(kind: string, id: string): void {
    this.#changes.set(`${kind} ${id}`, { kind, id });
  }

  putContent(id: string, bytes: Uint8Array): void {
    this.#contents.set(id, bytes);
  }

  readContent(id: string): Uint8Array | undefined {
    const waiting = this.#contents.get(id);
    if (waiting !== undefined) return waiting ?? undefined;
    return this.#cleared ? undefined : this.#select.get(id)?.bytes;
  }

  removeContent(id: string): void {
    this.#contents.set(id, null);
  }

  clear(): void {
    this.#changes.clear();
    this.#contents.clear();
    this.#cleared = true;
  }

  async durable(): Promise<void> {
    if (this.#changes.size === 0 && this.#contents.size === 0 && !this.#cleared) return;
    await new Promise<void>((resolve, reject) => {
      if (this.#waiters.length === 0) setImmediate(() => this.#flush());
      this.#waiters.push({ resolve, reject });
    });
  }

  close(): void {
    this.#flush();
    this.#database.close();
  }

  #flush(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      if (this.#database.open) this.#write(this.#cleared, [...this.#changes.values()], [...this.#contents]);
      this.#cleared = false;
      this.#changes.clear();
      this.#contents.clear();
      for (const { resolve } of waiters) resolve();
    } catch (error) {
      for (const { reject } of waiters) reject(error);
    }
  }
}
