import type { Selectable, Updateable } from 'kysely';
import { SealedValueUnreadable } from '../domain/errors.ts';
import type { Fax, FaxOrder, FaxResult, FaxState } from '../domain/fax.ts';
import type { FaxChange, NewFax } from '../domain/outbox.ts';
import { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { FaxTable } from './schema.ts';

type SealedColumn = 'fax_order' | 'cover_text' | 'content_key' | 'results';

/** The row of a fax that is being accepted. */
export function toRow({ id, client, connection, order, createdAt, deadline, repeatKey, contentKey }: NewFax, vault: Vault): FaxTable {
  const { coverPageText, ...rest } = order;
  return {
    id,
    client,
    connection,
    state: 'queued',
    fax_order: sealJson(vault, 'fax_order', id, rest),
    cover_text: coverPageText === undefined ? null : vault.seal(placeOf('cover_text', id), new Secret(coverPageText)),
    content_key: vault.seal(placeOf('content_key', id), contentKey),
    version: 1,
    attempts: 0,
    line_rank: 0,
    due_at: createdAt,
    deadline,
    left_at: null,
    withdrawn: 0,
    message_id: null,
    message_status: null,
    page_count: null,
    results: null,
    code: null,
    follow_at: null,
    repeat_key: repeatKey ?? null,
    created_at: createdAt,
    closed_at: null,
  };
}

/** @throws SealedValueUnreadable */
export function toFax(row: Selectable<FaxTable>, vault: Vault): Fax {
  const { id } = row;
  const order = openJson(vault, 'fax_order', id, row.fax_order) as FaxOrder;
  const coverPageText = row.cover_text ? vault.open(placeOf('cover_text', id), row.cover_text).reveal() : undefined;
  return {
    id,
    client: row.client,
    connection: row.connection,
    state: row.state as FaxState,
    order: { ...order, ...(coverPageText !== undefined && { coverPageText }) },
    version: row.version,
    attempts: row.attempts,
    isAside: row.line_rank === 1,
    dueAt: row.due_at,
    deadline: row.deadline,
    leftAt: row.left_at ?? undefined,
    isWithdrawn: row.withdrawn === 1,
    messageId: row.message_id ?? undefined,
    messageStatus: row.message_status ?? undefined,
    pageCount: row.page_count ?? undefined,
    results: row.results ? (openJson(vault, 'results', id, row.results) as FaxResult[]) : [],
    code: row.code ?? undefined,
    isErased: row.content_key === null,
    createdAt: row.created_at,
    closedAt: row.closed_at ?? undefined,
  };
}

/** What of a row a change is; one that leads out of the line takes it out. */
export function toChangedColumns(id: string, change: FaxChange, vault: Vault): Updateable<FaxTable> {
  const { state, attempts, isAside, dueAt, leftAt, messageId, messageStatus, pageCount, results, code, closedAt, followAt } = change;
  const leaves = state !== undefined && state !== 'queued' && state !== 'sending' && state !== 'unclear';
  return {
    ...(state !== undefined && { state }),
    ...(attempts !== undefined && { attempts }),
    ...(isAside !== undefined && { line_rank: isAside ? 1 : 0 }),
    ...(leaves && { line_rank: null }),
    ...(dueAt !== undefined && { due_at: dueAt }),
    ...(leftAt !== undefined && { left_at: leftAt }),
    ...(messageId !== undefined && { message_id: messageId }),
    ...(messageStatus !== undefined && { message_status: messageStatus }),
    ...(pageCount !== undefined && { page_count: pageCount }),
    ...(results !== undefined && { results: sealJson(vault, 'results', id, results) }),
    ...(code !== undefined && { code }),
    ...(closedAt !== undefined && { closed_at: closedAt }),
    ...(followAt !== undefined && { follow_at: followAt }),
  };
}

/** @throws SealedValueUnreadable  also where it was erased */
export function contentKeyOf(id: string, sealed: Uint8Array | null, vault: Vault): Secret {
  const place = placeOf('content_key', id);
  if (!sealed) throw new SealedValueUnreadable(place.table, place.column);
  return vault.open(place, sealed);
}

function sealJson(vault: Vault, column: SealedColumn, id: string, value: unknown): Uint8Array {
  return vault.seal(placeOf(column, id), new Secret(JSON.stringify(value)));
}

function openJson(vault: Vault, column: SealedColumn, id: string, sealed: Uint8Array): unknown {
  return JSON.parse(vault.open(placeOf(column, id), sealed).reveal());
}

function placeOf(column: SealedColumn, id: string): Place {
  return { table: 'faxes', column, row: [id] };
}
