import type { Profile } from '../profile.ts';
import type { RealAccount } from './real-account.ts';

/** A statement about how the platform behaves: what is asked, and what the sandbox claims is answered. */
export interface Statement {
  readonly name: string;
  /** What is done, for whoever reads a difference. */
  readonly asks: string;
  /** What the sandbox claims, by profile: as `observe` tells it. */
  readonly expected: Readonly<Record<Profile, unknown>>;
  /** Where the claim is from. */
  readonly source: string;
  /** Of the source: a year, a month or a day. */
  readonly date: string;
  /**
   * How many requests of the group Auth it sends, with those that end its sessions, five at most; without the session of
   * `RealAccount.reading`, which all share.
   */
  readonly tokenRequests: number;
  /** Whether asking costs money. */
  readonly charges?: true;
  /** What it stands on: `GET /restapi/v1.0/…`, with the parameters as the sandbox's operation has them. */
  readonly operation?: string;
  /**
   * @returns what was seen, as JSON: codes, names and words of our own; no token, and nothing of the account's
   * @throws NotAsked
   */
  observe(account: RealAccount): Promise<unknown>;
}

/** A statement cannot be asked of this account. */
export class NotAsked extends Error {}

/** The same in every profile. */
export function always(expected: unknown): Statement['expected'] {
  return { platform: expected, strict: expected };
}
