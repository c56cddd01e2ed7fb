import { StoreUnavailable } from '../../domain/errors.ts';

// SQLite's primary result codes (sqlite.org/rescode.html) that say something about the file rather than the statement.
const REASONS: Readonly<Record<string, string>> = {
  SQLITE_AUTH: 'may not be used',
  SQLITE_BUSY: 'is held by another process',
  SQLITE_CANTOPEN: 'cannot be opened; check that this user may read and write it and its folder',
  SQLITE_CORRUPT: 'is damaged; restore it from a backup',
  SQLITE_FULL: 'cannot grow, the disk is full: free some space',
  SQLITE_IOERR: 'cannot be read or written, the disk reports an error',
  SQLITE_LOCKED: 'is held by another process',
  SQLITE_NOLFS: 'is too large for this file system',
  SQLITE_NOTADB: 'is not a SQLite database',
  SQLITE_PERM: 'may not be used',
  SQLITE_READONLY: 'is not writable; let this user write it and its folder',
};

/** Why the file cannot be used, where that is what an error of SQLite says; other errors stay as they are. */
export function asUnavailable(error: unknown, file: string): unknown {
  const reason = REASONS[primaryCode(error)];
  return reason === undefined ? error : new StoreUnavailable(`${file} ${reason}`, error);
}

/** Whether another connection is in the way: nothing was done, and the statement may be asked again. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 'SQLITE_BUSY';
}

/** `SQLITE_IOERR` of `SQLITE_IOERR_FSYNC`; empty where the error has no code. */
function primaryCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.split('_').slice(0, 2).join('_');
}
