import type { Secret } from './secret.ts';

/** A key is good for this long; after that it stands for a new request. */
export const KEY_LIFE_MS = 24 * 60 * 60_000;

/** A Client's `Idempotency-Key`, by which a request that is repeated is known. */
export interface IdempotencyKey {
  readonly client: string;
  /** SHA-256 of the key, hex: programs put names and numbers into it. */
  readonly keyHash: string;
}

/** The right to carry out the request with a key: of all who ask, on whichever node, one has it. */
export interface IdempotencyClaim extends IdempotencyKey {
  /** Equal for equal requests. */
  readonly fingerprint: string;
  /** Who carries it out; never the same twice. */
  readonly holder: string;
  /** Without another word of its holder until then, the holder is gone. */
  readonly runningUntil: number;
  readonly expiresAt: number;
}

/** A key that is in use. */
export interface UsedKey {
  readonly fingerprint: string;
  /**
   * `running`: its holder carries it out, as long as it says so; `unclear`: it left, and what became of it is not known;
   * `done`: it has its result.
   */
  readonly state: 'running' | 'unclear' | 'done';
  readonly runningUntil: number;
  /** JSON of the result; where it is done. */
  readonly result: Secret | undefined;
}

/** Where keys rest. */
export interface IdempotencyStore {
  /**
   * Claims a key that nobody uses, or whose time is over.
   *
   * @returns nothing where it was claimed, else what it is used for
   */
  claimIdempotencyKey(claim: IdempotencyClaim, now: number): Promise<UsedKey | undefined>;
  /** Its holder lives. @returns false where another holds it, or nobody */
  keepIdempotencyKey(key: IdempotencyKey, holder: string, runningUntil: number): Promise<boolean>;
  /** Its result, or that there will be none. @returns false where another holds it, or nobody */
  finishIdempotencyKey(key: IdempotencyKey, holder: string, result: Secret | 'unclear'): Promise<boolean>;
  /** Nothing left: the key is as if it had never been used. Without effect where another holds it. */
  releaseIdempotencyKey(key: IdempotencyKey, holder: string): Promise<void>;
  /** @returns how many were removed */
  removeExpiredIdempotencyKeys(now: number): Promise<number>;
}
