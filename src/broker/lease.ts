import type { Lease } from '../domain/lease.ts';
import type { WinningParts } from './parts.ts';

/**
 * How long a Lease lasts. The platform is asked twice at most, 10 s each, so the Lease outlives the asking by the time
 * that a save takes on a slow disk.
 */
export const LEASE_MS = 30_000;

/** A Lease as its holder has it. */
export interface HeldLease extends Lease {
  /** When it ends by `monotonic()`, which nobody sets: a clock that is set does not make it longer. */
  readonly endsAt: number;
}

/**
 * Takes the Lease on a Connection.
 *
 * @param generation  the one that is to be replaced; 0 where there is no Grant
 * @returns nothing where another node holds it
 * @throws ConnectionNotFound
 */
export async function takeLease(parts: WinningParts, connection: string, generation: number): Promise<HeldLease | undefined> {
  const now = parts.clock.now();
  const endsAt = parts.clock.monotonic() + LEASE_MS;
  const lease = await parts.store.takeLease({ connection, holder: parts.node, expiresAt: now + LEASE_MS, generation, firstAttemptAt: now }, now);
  return lease && { ...lease, endsAt };
}

/**
 * Gives the Lease back; one that cannot be given back ends by itself.
 *
 * @param unclear  whether a request may have taken effect without our knowing
 */
export async function giveBackLease(parts: WinningParts, { connection }: Lease, unclear: boolean): Promise<void> {
  try {
    await parts.store.giveBackLease(connection, parts.node, unclear);
  } catch (error) {
    parts.log.warn('lease.not_given_back', { connection, error: error instanceof Error ? error.message : String(error) });
  }
}
