import type { DeleteResult, InsertResult, UpdateResult } from 'kysely';

/** A statement that is about one row. */
interface About<Result> {
  executeTakeFirstOrThrow(): Promise<Result>;
}

/** Runs it. @returns whether the row was made, or changed in place of one that was there */
export async function insertsOne(statement: About<InsertResult>): Promise<boolean> {
  return (await statement.executeTakeFirstOrThrow()).numInsertedOrUpdatedRows === 1n;
}

/** Runs it. @returns whether the row was there as the statement wants it, and is changed */
export async function updatesOne(statement: About<UpdateResult>): Promise<boolean> {
  return (await statement.executeTakeFirstOrThrow()).numUpdatedRows === 1n;
}

/** Runs it. @returns whether the row was there, and is gone */
export async function deletesOne(statement: About<DeleteResult>): Promise<boolean> {
  return (await statement.executeTakeFirstOrThrow()).numDeletedRows === 1n;
}
