import { createHash } from 'node:crypto';
import { IdempotencyAnswerLost, IdempotencyKeyReused, IdempotencyKeyRunning, IdempotencyKeyWrong, IdempotencyUnclear } from '../domain/errors.ts';
import { type IdempotencyKey, type IdempotencyStore, KEY_LIFE_MS, type UsedKey } from '../domain/idempotency.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Random, randomText } from '../runtime/random.ts';

// The holder says this often that it lives; its word holds longer, since a database that is busy makes the next one late.
const KEEP_MS = 10_000;
const RUNNING_MS = 40_000;
const AGAIN_MS = 1_000;
// For so long a result that the database does not take is offered to it.
const OFFER_MS = 10 * 60_000;
const HOLDER_BYTES = 9;
/** Of an answer's body so much is kept; what calls or sends is answered with some KB. */
export const KEPT_BODY_BYTES = 256 * 1024;

/** What a request was answered with. */
export interface KeptResult {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Absent: larger than what is kept. */
  readonly body: Uint8Array | undefined;
}

/** A request with a key that was not used before. One of the three is called, once. None of them rejects. */
export interface NewRequest {
  readonly state: 'new';
  /** It was answered. The answer may go to the caller before this is stored: until then the key is running. */
  finish(result: KeptResult): Promise<void>;
  /** It left, or may have, and no answer came. */
  unclear(): Promise<void>;
  /** Nothing left: the key may be used again. */
  abandon(): Promise<void>;
}

/** A request that was carried out before, with what it was answered with then. */
export interface ReplayedRequest {
  readonly state: 'replay';
  readonly result: KeptResult & { readonly body: Uint8Array };
}

export interface IdempotencyParts {
  readonly store: IdempotencyStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * Carries out a request once, however often it is sent with the same key; after Stripe's rules.
 *
 * A key, in the order it goes through:
 *   running  its holder carries the request out, and says so; whoever else asks is told to come again
 *   done     it has its result, which is the answer to whoever asks within a day of the first request
 *   unclear  the request left, and there will be no result: whoever asks is told so, and nothing is sent
 * A holder that is gone leaves the key running; when its word is over that counts as unclear.
 */
export class IdempotencyKeys {
  readonly #parts: IdempotencyParts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: IdempotencyParts) {
    this.#parts = parts;
  }

  /**
   * @param fingerprint  see `Fingerprint`
   * @throws IdempotencyKeyWrong, IdempotencyKeyReused, IdempotencyKeyRunning, IdempotencyUnclear, IdempotencyAnswerLost
   * @throws StoreUnavailable  nothing may be sent then
   */
  async begin({ client, key, fingerprint }: { client: string; key: string; fingerprint: string }): Promise<NewRequest | ReplayedRequest> {
    if (!/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) throw new IdempotencyKeyWrong();
    const { store, clock, random } = this.#parts;
    const id = { client, keyHash: createHash('sha256').update(key).digest('hex') };
    const holder = randomText(random, HOLDER_BYTES);
    const now = clock.now();
    const used = await store.claimIdempotencyKey({ ...id, fingerprint, holder, runningUntil: now + RUNNING_MS, expiresAt: now + KEY_LIFE_MS }, now);
    return used ? replay(used, fingerprint, now) : this.#hold(id, holder);
  }

  /** Waits for the results that are being stored. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #hold(id: IdempotencyKey, holder: string): NewRequest {
    const over = new AbortController();
    void this.#keepUntil(id, holder, over.signal);
    const end = (work: () => Promise<unknown>) => (over.signal.aborted ? Promise.resolve() : this.#ending(work, over));
    const { store } = this.#parts;
    return {
      state: 'new',
      finish: (result) => end(() => store.finishIdempotencyKey(id, holder, new Secret(toJson(result)))),
      unclear: () => end(() => store.finishIdempotencyKey(id, holder, 'unclear')),
      abandon: () => end(() => store.releaseIdempotencyKey(id, holder)),
    };
  }

  async #keepUntil(id: IdempotencyKey, holder: string, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    for (;;) {
      await clock.sleep(KEEP_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      // A word that the database did not take is followed by another.
      await store.keepIdempotencyKey(id, holder, clock.now() + RUNNING_MS).catch(() => undefined);
    }
  }

  #ending(work: () => Promise<unknown>, over: AbortController): Promise<void> {
    const ended = this.#offer(work).finally(() => {
      over.abort();
      this.#underWay.delete(ended);
    });
    this.#underWay.add(ended);
    return ended;
  }

  /** Until the database takes it. */
  async #offer(work: () => Promise<unknown>): Promise<void> {
    const { clock, log } = this.#parts;
    const until = clock.now() + OFFER_MS;
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (clock.now() >= until) {
          log.error('idempotency.not_stored', { error: error instanceof Error ? error.message : String(error), note: 'repeats are told that it is unclear' });
          return;
        }
        await clock.sleep(AGAIN_MS);
      }
    }
  }
}

function replay(used: UsedKey, fingerprint: string, now: number): ReplayedRequest {
  if (used.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
  if (used.state === 'running' && used.runningUntil > now) throw new IdempotencyKeyRunning();
  if (used.state !== 'done' || !used.result) throw new IdempotencyUnclear();
  const { status, headers, body } = JSON.parse(used.result.reveal()) as StoredResult;
  if (body === null) throw new IdempotencyAnswerLost(status);
  return { state: 'replay', result: { status, headers, body: Buffer.from(body, 'base64') } };
}

interface StoredResult {
  readonly status: number;
  readonly headers: KeptResult['headers'];
  /** Base64. */
  readonly body: string | null;
}

function toJson({ status, headers, body }: KeptResult): string {
  const kept = body && body.byteLength <= KEPT_BODY_BYTES ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') : null;
  return JSON.stringify({ status, headers, body: kept } satisfies StoredResult);
}
