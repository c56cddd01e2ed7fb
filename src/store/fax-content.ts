import { SealedValueUnreadable } from '../domain/errors.ts';
import { faxIdsFrom } from '../domain/fax.ts';
import type { Secret } from '../domain/secret.ts';
import { passedThrough } from '../runtime/collect.ts';
import { ContentBox } from '../vault/content-box.ts';
import type { Database } from './schema.ts';

// A piece is in memory some times over on its way, and each is synced to the disk: few enough of them in 50 MB, and small
// enough for many uploads at once.
const PIECE_BYTES = 256 * 1024;
const PLACE = { table: 'fax_contents', column: 'sealed' };

/**
 * Seals a content and keeps it, piece by piece: each is durable for itself, so that nobody waits for the whole.
 *
 * @throws StoreUnavailable, what `content` throws; then nothing is kept, as far as the database still takes that
 */
export async function insertContent(db: Database, fax: string, key: Secret, content: AsyncIterable<Uint8Array>): Promise<void> {
  const box = new ContentBox(key, PLACE, fax);
  try {
    let number = 0;
    for await (const { piece, isLast } of inPieces(content)) {
      await db
        .insertInto('fax_contents')
        .values({ fax, piece: number, sealed: box.seal(number, isLast, piece) })
        .execute();
      number += 1;
      passedThrough(piece.length);
    }
  } catch (error) {
    await deleteContent(db, fax).catch(() => undefined);
    throw error;
  }
}

/** @throws SealedValueUnreadable  a piece is missing or altered */
export async function* selectContent(db: Database, fax: string, key: Secret): AsyncGenerator<Uint8Array> {
  const box = new ContentBox(key, PLACE, fax);
  const last = await db
    .selectFrom('fax_contents')
    .select((row) => row.fn.max<number | null>('piece').as('piece'))
    .where('fax', '=', fax)
    .executeTakeFirst();
  if (last?.piece === null || last?.piece === undefined) throw box.unreadable();
  for (let piece = 0; piece <= last.piece; piece += 1) {
    const row = await db.selectFrom('fax_contents').select('sealed').where('fax', '=', fax).where('piece', '=', piece).executeTakeFirst();
    if (!row) throw new SealedValueUnreadable(PLACE.table, PLACE.column);
    yield box.open(piece, piece === last.piece, row.sealed);
    passedThrough(row.sealed.length);
  }
}

export async function deleteContent(db: Database, fax: string): Promise<void> {
  await db.deleteFrom('fax_contents').where('fax', '=', fax).execute();
}

/** Removes contents that were begun before, and belong to no fax: a process ended before it was whole. */
export async function deleteLooseContents(db: Database, before: number): Promise<void> {
  await db
    .deleteFrom('fax_contents')
    .where('fax', '<', faxIdsFrom(before))
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('faxes').select('faxes.id').whereRef('faxes.id', '=', 'fax_contents.fax'))))
    .execute();
}

/** Pieces of equal length but for the last, which says so; there is at least one. Each is good until the next is asked for. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly piece: Uint8Array; readonly isLast: boolean }> {
  const filling = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const given of content) {
    for (let at = 0; at < given.length; ) {
      // A full piece waits for one byte more: it may be the last.
      if (filled === PIECE_BYTES) {
        yield { piece: filling, isLast: false };
        filled = 0;
      }
      const taken = Math.min(PIECE_BYTES - filled, given.length - at);
      filling.set(given.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
    }
  }
  yield { piece: filling.subarray(0, filled), isLast: true };
}
