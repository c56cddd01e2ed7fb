import type { Lease, LeaseEnd } from '../domain/lease.ts';
import { messageOf } from '../runtime/log.ts';
import { randomText } from '../runtime/random.ts';
import type { WinningParts } from './parts.ts';

/**
 * How long a Lease lasts. The platform is asked twice at most, 10 s each, so the Lease outlives the asking by the time
 * that a save takes on a slow disk.
 */
export const LEASE_MS = 30_000;

/**
 * Takes the Lease on a Connection, whoever waits for it.
 *
 * @param generation  the one that is to be replaced; 0 where there is no Grant
 * @returns nothing where another run holds it
 * @throws ConnectionNotFound
 */
export function takeLease(parts: WinningParts, connection: string, generation: number): Promise<Lease | undefined> {
  const now = parts.clock.now();
  return parts.store.takeLease({ connection, holder: newHolder(parts), expiresAt: now + LEASE_MS, generation, firstAttemptAt: now }, now);
}

/** A name for one run of this node, so that no other run of this process passes for it. */
export function newHolder({ node, random }: Pick<WinningParts, 'node' | 'random'>): string {
  return `${node}/${randomText(random, 6)}`;
}

/** Gives the Lease back; one that cannot be given back ends by itself. */
export async function giveBackLease(parts: WinningParts, { connection, holder }: Lease, end: LeaseEnd): Promise<void> {
  try {
    await parts.store.giveBackLease(connection, holder, end);
  } catch (error) {
    parts.log.warn('lease.not_given_back', { connection, error: messageOf(error) });
  }
}
