import { ConnectionNotFound, GatewayError, StoreUnavailable } from '../domain/errors.ts';
import type { RescuedGrant } from '../domain/rescue.ts';
import { messageOf } from '../runtime/log.ts';
import type { WinningParts } from './parts.ts';
import { revokeLater } from './revocations.ts';

// While the database is away the pair is offered to it this often, and for this long by the run that won it; after
// that the rescue journal has it until the next run, or the next start.
const AGAIN_MS = 500;
const PATIENCE_MS = 60_000;

/** What saving a pair that was won takes. */
export type SavingParts = Pick<WinningParts, 'store' | 'rescue' | 'clock' | 'random' | 'log'>;

/**
 * Saves a pair that was won, where the stored generation is still `expectedGeneration`.
 *
 * When the database fails, the pair stands in the rescue journal from then on, and is offered again. A save whose own
 * answer was lost is read back before it counts as lost.
 *
 * @param usedAt  when somebody wanted it; absent where it is only kept from dying
 * @returns false where another generation is stored; the pair is not the living one then
 * @throws StoreUnavailable  the database stayed away; the rescue journal has the pair
 * @throws ConnectionNotFound  it was removed meanwhile; the session of the pair is ended
 */
export async function saveWon(parts: SavingParts, won: RescuedGrant, usedAt?: number): Promise<boolean> {
  try {
    return await save(parts, won, usedAt);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    rescue(parts, won, error);
  }
  const saved = await offerUntilTaken(parts, won, usedAt);
  parts.rescue.forget(won.grant.connection);
  return saved;
}

/**
 * Offers to the database what the rescue journal holds, so that nothing waits for its Connection's next use: that may come to
 * another node, which does not have it.
 *
 * @throws StoreUnavailable  the database is away still, or again
 */
export async function saveRescued(parts: SavingParts): Promise<void> {
  for (const won of parts.rescue.list()) {
    const { grant } = won;
    try {
      const saved = await save(parts, won);
      parts.log.info('grant.rescued_pair_saved', { connection: grant.connection, generation: grant.generation, saved });
    } catch (error) {
      // The Connection was removed meanwhile: there is nothing to save for.
      if (isTrouble(error)) throw error;
    }
    // A run may have put a newer one there meanwhile.
    if (parts.rescue.find(grant.connection)?.grant.generation === grant.generation) parts.rescue.forget(grant.connection);
  }
}

async function save(parts: SavingParts, { grant, expectedGeneration, connectionId }: RescuedGrant, usedAt?: number): Promise<boolean> {
  try {
    return await parts.store.saveGrant(grant, expectedGeneration, connectionId, usedAt === undefined ? {} : { usedAt });
  } catch (error) {
    // What the removal has revoked was the pair before this one.
    if (error instanceof ConnectionNotFound) await revokeLater(parts, grant);
    throw error;
  }
}

function rescue(parts: SavingParts, won: RescuedGrant, error: unknown): void {
  const { grant } = won;
  const fields = { connection: grant.connection, generation: grant.generation, error: messageOf(error) };
  try {
    parts.rescue.keep(won);
    parts.log.error('grant.rescued', fields);
  } catch (cause) {
    // The pair lives in memory alone now, and is offered from there.
    parts.log.error('grant.rescue_failed', { ...fields, cause: messageOf(cause) });
  }
}

async function offerUntilTaken(parts: SavingParts, won: RescuedGrant, usedAt?: number): Promise<boolean> {
  const { grant } = won;
  const until = parts.clock.monotonic() + PATIENCE_MS;
  for (;;) {
    try {
      const stored = await parts.store.findGrant(grant.connection);
      if (stored?.generation === grant.generation) return stored.accessToken.equals(grant.accessToken);
      return await save(parts, won, usedAt);
    } catch (error) {
      if (!isTrouble(error) || parts.clock.monotonic() >= until) throw error;
    }
    await parts.clock.sleep(AGAIN_MS);
  }
}

// What the store says about the Connection is an answer; everything else means that it gave none.
function isTrouble(error: unknown): boolean {
  return error instanceof StoreUnavailable || !(error instanceof GatewayError || error instanceof TypeError);
}
