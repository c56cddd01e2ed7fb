import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DatabasePlace, nameOf } from '../domain/database-place.ts';
import type { SealedStore } from './store.ts';

/** What a database holds: it is not there, has no tables yet, or whose they are. */
export type DatabaseContents = 'absent' | 'nothing' | 'trunkline' | 'sandbox' | 'other';

/** What `main` needs of a database, whichever it is. */
export interface DatabaseAccess {
  /** As its people know it; no password is in it. */
  readonly name: string;
  /** The folder that holds it; absent where it is not on this machine's disk. */
  readonly folder: string | undefined;
  /** What of it lies on this machine's disk. */
  readonly files: readonly string[];
  /** Opens it, its tables up to date. @throws StoreUnavailable */
  open(options: { readonly makeFolder: boolean }): Promise<SealedStore>;
  /** It is not changed. @returns nothing where it cannot be read, which whoever opens it for use says better */
  contents(): Promise<DatabaseContents | undefined>;
}

/** The database at a place. What speaks to it is loaded where it is asked: a command that needs none starts sooner. */
export function databaseAt(place: DatabasePlace): DatabaseAccess {
  const name = nameOf(place);
  if (place.kind === 'postgres') {
    return {
      name,
      folder: undefined,
      files: [],
      open: async () => (await import('./postgres/open.ts')).openPostgresStore(place),
      contents: async () => (await import('./postgres/contents.ts')).contentsOf(place).catch(() => undefined),
    };
  }
  const { file } = place;
  return {
    name,
    folder: dirname(file),
    files: ['', '-wal', '-shm'].map((ending) => `${file}${ending}`),
    open: async ({ makeFolder }) => (await import('./sqlite/open.ts')).openSqliteStore({ file, makeFolder }),
    contents: async () => (existsSync(file) ? (await import('./sqlite/contents.ts')).contentsOf(file) : 'absent'),
  };
}
