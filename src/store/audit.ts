import { type Selectable, sql } from 'kysely';
import type { AuditEntry, AuditRange, AuditRecord, AuditState, AuditStore } from '../domain/audit.ts';
import type { PageRequest } from '../domain/page.ts';
import type { StoreDialect } from './dialect.ts';
import { pageBy, rowsFor } from './page.ts';
import type { AuditTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** The audit trail in the database. */
export function auditStore(db: Database, dialect: StoreDialect): AuditStore {
  return {
    appendAudit: (entry) => insertEntry(db, entry),
    listAudit: async (page) => pageBy(({ seq }) => String(seq), (await selectEntries(db, page)).map(toRecord), page),
    trimAudit: (before, most) => inTransaction(db, dialect, (transaction) => trim(transaction, dialect, before, most)),
    checkAudit: () => checkEntries(db),
  };
}

// One statement numbers and writes, so that numbers have no gaps however many processes write. Where several may write at
// once, the table itself takes them in turn and numbers them (`appendOnly` of the dialect).
async function insertEntry(db: Database, entry: AuditEntry): Promise<void> {
  await sql`insert into audit (seq, at, who, action, object, address, result, request_id, times)
    select coalesce(max(seq), 0) + 1, ${entry.at}, ${entry.who}, ${entry.action}, ${entry.object}, ${entry.address}, ${entry.result}, ${entry.requestId}, ${entry.times} from audit`.execute(
    db,
  );
}

// Lines stand in the order in which they were written: a clock that went wrong for a while ends the trimming early, and
// never takes a line that is still to be kept.
async function trim(db: Database, dialect: StoreDialect, before: number, most: number): Promise<AuditRange | undefined> {
  // Two that trim at once would both report the same lines.
  await dialect.held(db.selectFrom('audit_anchor').select('first_seq')).execute();
  const oldest = await db
    .selectFrom('audit')
    .select(['seq', 'at'])
    .orderBy('seq')
    .limit(most + 1)
    .execute();
  const young = oldest.findIndex(({ at }) => at >= before);
  // The newest line stays: the next one takes its number from it.
  const count = young === -1 ? oldest.length - 1 : young;
  const [first, last] = [oldest[0]?.seq, oldest[count - 1]?.seq];
  if (first === undefined || last === undefined) return undefined;
  await db
    .updateTable('audit_anchor')
    .set({ first_seq: last + 1 })
    .execute();
  await db.deleteFrom('audit').where('seq', '<=', last).execute();
  return { first, last };
}

// A line that has none before it, and is not the first that must be there, stands behind a gap.
async function checkEntries(db: Database): Promise<AuditState> {
  const { rows } = await sql<{ anchor: number; newest: number | null; after: number | null; before: number | null }>`
    with anchored as (select coalesce((select first_seq from audit_anchor), 1) as anchor),
      gap as (select min(seq) as after from audit, anchored where seq > anchor
        and not exists (select 1 from audit as previous where previous.seq = audit.seq - 1))
    select anchor, after, (select max(seq) from audit) as newest,
      (select max(seq) from audit where seq < after and seq >= anchor) as before
    from anchored, gap`.execute(db);
  const { anchor = 1, newest = null, after = null, before = null } = rows[0] ?? {};
  const behind = anchor > 1 && (newest ?? 0) < anchor ? { first: anchor, last: anchor } : undefined;
  return { anchor, newest: newest ?? undefined, missing: after === null ? behind : { first: (before ?? anchor - 1) + 1, last: after - 1 } };
}

function selectEntries(db: Database, page: PageRequest): Promise<Selectable<AuditTable>[]> {
  const newest = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(rowsFor(page));
  return (page.cursor === undefined ? newest : newest.where('seq', '<', Number(page.cursor))).execute();
}

function toRecord({ request_id, ...row }: Selectable<AuditTable>): AuditRecord {
  return { ...row, requestId: request_id };
}
