import type BetterSqlite3 from 'better-sqlite3';
import { EVERYTHING } from '../../domain/changes.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Listeners } from '../listeners.ts';
import type { ChangeSource } from '../store.ts';

// An emergency stop must be known everywhere within a second; one look takes some microseconds.
const LOOK_MS = 200;

/**
 * Word of changes in a SQLite database: it says that something was committed, not what.
 *
 * @param database  a connection that does not write while another one does: `data_version` counts the commits of others
 *                  (sqlite.org/pragma.html#pragma_data_version), `total_changes()` its own
 */
export function sqliteChanges(database: BetterSqlite3.Database): ChangeSource {
  const listeners = new Listeners();
  const ending = new AbortController();
  let looking: Promise<void> | undefined;

  async function keepLooking(): Promise<void> {
    let before = version(database);
    while (
      await systemClock.sleep(LOOK_MS, ending.signal).then(
        () => true,
        () => false,
      )
    ) {
      const now = version(database);
      if (now !== before) listeners.tell(EVERYTHING);
      before = now;
    }
  }

  return {
    watch: async (hear) => {
      const leave = listeners.add(hear);
      looking ??= keepLooking();
      return leave;
    },
    comes: () => looking !== undefined && !ending.signal.aborted,
    close: async () => {
      ending.abort();
      await looking;
    },
  };
}

/** Another one after every commit; a database that cannot be read is one where anything may have changed. */
function version(database: BetterSqlite3.Database): string {
  try {
    return `${database.pragma('data_version', { simple: true })} ${database.prepare('select total_changes()').pluck().get()}`;
  } catch (error) {
    return String(performance.now()) + String(error);
  }
}
