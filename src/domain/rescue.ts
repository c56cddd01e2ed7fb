import type { Grant } from './grant.ts';

/** A token pair that was won, and could not be saved yet. */
export interface RescuedGrant {
  readonly grant: Grant;
  /** The generation that it replaces. */
  readonly expectedGeneration: number;
  readonly connectionId: string;
}

/**
 * Where a token pair stands while the database is away: sealed, on this node's own disk, durable before `keep` returns.
 *
 * The old refresh token may be spent already, so without it the Grant could be lost with the process.
 */
export interface RescueJournal {
  /** @throws NodeJS.ErrnoException  the disk cannot take it either */
  keep(rescued: RescuedGrant): void;
  /** The pair that stands for a Connection. */
  find(connection: string): RescuedGrant | undefined;
  list(): readonly RescuedGrant[];
  /** Removes the pair; without effect where there is none. */
  forget(connection: string): void;
}
