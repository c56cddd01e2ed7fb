import { type Selectable, sql } from 'kysely';
import type { AuditEntry, AuditRecord, AuditStore } from '../domain/audit.ts';
import type { PageRequest } from '../domain/page.ts';
import { rowsFor } from './page.ts';
import type { AuditTable, Database } from './schema.ts';

/** The audit trail in the database. */
export function auditStore(db: Database): AuditStore {
  return {
    appendAudit: (entry) => insertEntry(db, entry),
    listAudit: async (page) => {
      const records = (await selectEntries(db, page)).map(toRecord);
      const shown = records.slice(0, page.limit);
      const last = shown.at(-1);
      return records.length > page.limit && last ? { items: shown, nextCursor: String(last.seq) } : { items: shown };
    },
  };
}

// One statement numbers and writes, so that numbers have no gaps however many processes write.
async function insertEntry(db: Database, entry: AuditEntry): Promise<void> {
  await sql`insert into audit (seq, at, who, action, object, address, result, request_id, times)
    select coalesce(max(seq), 0) + 1, ${entry.at}, ${entry.who}, ${entry.action}, ${entry.object}, ${entry.address}, ${entry.result}, ${entry.requestId}, ${entry.times} from audit`.execute(
    db,
  );
}

function selectEntries(db: Database, page: PageRequest): Promise<Selectable<AuditTable>[]> {
  const newest = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(rowsFor(page));
  return (page.cursor === undefined ? newest : newest.where('seq', '<', Number(page.cursor))).execute();
}

function toRecord({ request_id, ...row }: Selectable<AuditTable>): AuditRecord {
  return { ...row, requestId: request_id };
}
