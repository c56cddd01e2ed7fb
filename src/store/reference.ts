import type { StoreDialect } from './dialect.ts';

// So many names are enough to know where to look.
const NAMES_SHOWN = 3;

/** How many names `things` wants to see; one more than it shows. */
export const NAMES_WANTED = NAMES_SHOWN + 1;

/**
 * Runs a statement; where it breaks a reference between tables, throws what `reason` makes of it.
 *
 * The database is asked first and the reason second, so that nothing can change between a check and the statement.
 *
 * @param reason  finds the error to throw; nothing where what was missing has appeared meanwhile
 */
export async function withReferences<Result>(
  dialect: StoreDialect,
  statement: () => Promise<Result>,
  reason: () => Promise<Error | undefined>,
): Promise<Result> {
  try {
    return await statement();
  } catch (error) {
    if (!dialect.isBrokenReference(error)) throw error;
    throw (await reason()) ?? error;
  }
}

/** Names for a message: `Client "a"`, or `Clients "a", "b", "c" and others`. */
export function things(kind: string, names: readonly string[]): string {
  const quoted = names.slice(0, NAMES_SHOWN).map((name) => `"${name}"`);
  return `${kind}${names.length > 1 ? 's' : ''} ${quoted.join(', ')}${names.length > NAMES_SHOWN ? ' and others' : ''}`;
}
