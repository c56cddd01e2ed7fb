import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** What the sandbox remembers over a restart: documents, by kind and id. */
export interface Journal {
  put(kind: DocumentKind, id: string, document: object): void;
  remove(kind: DocumentKind, id: string): void;
  /** Forgets every document. */
  clear(): void;
  /** Resolves when everything that was put, removed or cleared so far is on the disk. */
  durable(): Promise<void>;
  /** Writes what is left, and lets go of the file. */
  close(): void;
}

export type DocumentKind = 'session' | 'ring-out' | 'settings';

/** A document as it was last put. */
export interface StoredDocument {
  readonly kind: DocumentKind;
  readonly document: unknown;
}

/** A journal for a sandbox that lives in memory only: nothing outlives it. */
export const forgetfulJournal: Journal = { put: () => {}, remove: () => {}, clear: () => {}, durable: async () => {}, close: () => {} };

/** The sandbox's file cannot be used. `code` and `path` are set as on an error of the file system. */
export class SandboxFileUnusable extends Error {
  readonly code: string;
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const { code, message } = cause as Partial<NodeJS.ErrnoException>;
    super(`the sandbox's file ${path} cannot be used: ${message ?? String(cause)}`, { cause });
    this.code = code ?? 'UNUSABLE';
    this.path = path;
  }
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
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readDocuments(database: BetterSqlite3.Database): StoredDocument[] {
  const rows = database.prepare<[], { kind: DocumentKind; body: string }>('select kind, body from documents order by position').all();
  return rows.map(({ kind, body }) => ({ kind, document: JSON.parse(body) as unknown }));
}

interface Change {
  readonly kind: DocumentKind;
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
  readonly #write: (cleared: boolean, changes: readonly Change[]) => void;
  readonly #changes = new Map<string, Change>();
  #cleared = false;
  #waiters: Waiter[] = [];

  constructor(database: BetterSqlite3.Database) {
    this.#database = database;
    const clear = database.prepare('delete from documents');
    const remove = database.prepare('delete from documents where kind = ? and id = ?');
    const put = database.prepare('insert into documents (kind, id, body) values (?, ?, ?) on conflict (kind, id) do update set body = excluded.body');
    this.#write = database.transaction((cleared: boolean, changes: readonly Change[]) => {
      if (cleared) clear.run();
      for (const { kind, id, document } of changes) {
        if (document) put.run(kind, id, JSON.stringify(document));
        else remove.run(kind, id);
      }
    });
  }

  put(kind: DocumentKind, id: string, document: object): void {
    this.#changes.set(`${kind} ${id}`, { kind, id, document });
  }

  remove(kind: DocumentKind, id: string): void {
    this.#changes.set(`${kind} ${id}`, { kind, id });
  }

  clear(): void {
    this.#changes.clear();
    this.#cleared = true;
  }

  async durable(): Promise<void> {
    if (this.#changes.size === 0 && !this.#cleared) return;
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
      if (this.#database.open) this.#write(this.#cleared, [...this.#changes.values()]);
      this.#cleared = false;
      this.#changes.clear();
      for (const { resolve } of waiters) resolve();
    } catch (error) {
      for (const { reject } of waiters) reject(error);
    }
  }
}
