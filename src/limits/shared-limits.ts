import { type Change, type Changes, EVERYTHING } from '../domain/changes.ts';
import type { LimitKey, LimitsStore } from '../domain/platform-limits.ts';
import type { SteadyClock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Bucket } from './bucket.ts';
import type { Agreement, PlatformLimits } from './platform-limits.ts';

// A node says this often that it is there, and counts for so long: one that was killed is counted for a while.
const KEEP_MS = 30_000;
const COUNTS_MS = 100_000;
// The longest window known, and a little: for so long what a node has sent counts after its end, and before its beginning
// others may have used what will be its own.
const WINDOW_MS = 61_000;
// Within this time the others have heard of a node (docs/guarantees.md: what changes is known within a second).
const HEARD_MS = 1_500;
// Tokens that were taken are used at once, since somebody waits for them.
const USE_MS = 1_000;
// So much later a request that left arrives.
const ON_THE_WAY_MS = 2_000;
const AGAIN_MS = 1_000;

/** What the nodes' agreement is made of. */
export interface SharedLimitsParts {
  readonly store: LimitsStore & { readonly changes: Changes };
  readonly clock: SteadyClock;
  readonly log: Log;
  /** Never the same twice. */
  readonly node: string;
}

/**
 * Has nodes that share a database not use the platform's limits several times over.
 *
 * A node that is alone has the whole of each limit, and asks nobody. Of several, each has an equal part of one half for itself;
 * the other half is taken from a row in the database, token by token, by whichever node has requests that wait. So what all
 * nodes have together is never more than the limit, and a Connection that is used little costs no statement. A node
 * that begins takes everything from the row for one window, while the others count what they have used beyond their new part there.
 */
export class SharedLimits implements Agreement {
  readonly #parts: SharedLimitsParts;
  #limits: PlatformLimits | undefined;
  #nodes = 1;
  /** Whether the others see this node. */
  #said = false;
  #joinedAt = Number.POSITIVE_INFINITY;
  #leave: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(parts: SharedLimitsParts) {
    this.#parts = parts;
  }

  /** How many nodes send requests, or have of late. */
  get nodes(): number {
    return this.#nodes;
  }

  /** Begins to share. @throws StoreUnavailable */
  async join(limits: PlatformLimits): Promise<void> {
    const { store, clock } = this.#parts;
    this.#limits = limits;
    this.#leave = await store.changes.watch((change) => {
      if (isOurs(change)) void this.look();
    });
    await this.#noting(() => this.#keep());
    this.#joinedAt = clock.monotonic();
    await this.look();
  }

  /** Says again and again that this node is there, until `signal` aborts; then that it counts for one more window. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, node } = this.#parts;
    for (;;) {
      await clock.sleep(KEEP_MS, signal).catch(() => undefined);
      if (signal.aborted) break;
      await this.#noting(async () => {
        await this.#keep();
        await store.removeExpiredLimits(clock.now());
        await this.look();
      });
    }
    this.#leave?.();
    await this.#noting(async () => {
      await this.#publish(this.#nodes + 1);
      await store.keepLimitNode(node, clock.now() + WINDOW_MS);
    });
  }

  /** Reads which nodes there are, and which penalties. Those who ask at once share one reading, or the one after it. */
  look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return this.#looking;
    }
    this.#looking = this.#noting(async () => {
      do {
        this.#lookAgain = false;
        await this.#read();
      } while (this.#lookAgain);
    }).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  ownShare(limit: number): number {
    if (this.#nodes === 1) return limit;
    return this.#parts.clock.monotonic() < this.#joinedAt + WINDOW_MS ? 0 : ownShareOf(limit, this.#nodes);
  }

  takeMore(bucket: Bucket, wanted: number, then: () => void): void {
    void this.#take(bucket, wanted).finally(then);
  }

  tellPenalty(key: LimitKey, until: number): void {
    void this.#noting(() => this.#parts.store.noteLimitPenalty({ ...key, until }));
  }

  async #keep(): Promise<void> {
    const { store, clock, node } = this.#parts;
    await store.keepLimitNode(node, clock.now() + COUNTS_MS);
    this.#said = true;
  }

  async #take(bucket: Bucket, wanted: number): Promise<void> {
    const { store, clock } = this.#parts;
    const { limit, key } = bucket;
    if (!limit) return;
    const before = clock.monotonic();
    if (before < this.#joinedAt + HEARD_MS) {
      bucket.moreAt = this.#joinedAt + HEARD_MS;
      return;
    }
    bucket.moreAt = before + AGAIN_MS;
    await this.#noting(async () => {
      const now = clock.now();
      const pool = limit.limit - this.#nodes * ownShareOf(limit.limit, this.#nodes);
      const until = now + USE_MS + limit.windowMs + ON_THE_WAY_MS;
      const taken = await store.takeLimitSlice({ ...key, tokens: wanted, pool, until }, now);
      bucket.tokens = taken.tokens;
      bucket.tokensUntil = before + USE_MS;
      bucket.moreAt = taken.tokens > 0 ? before : before + Math.max(AGAIN_MS, taken.moreAt - now);
    });
  }

  async #read(): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const nodes = Math.max(1, (await store.countLimitNodes(now)) + (this.#said ? 0 : 1));
    const before = this.#nodes;
    this.#nodes = nodes;
    for (const { until, ...key } of await store.listLimitPenalties(now)) this.#limits?.hearPenalty(key, until);
    if (nodes > before) await this.#publish(nodes);
    if (nodes !== before) this.#limits?.look();
  }

  /** What this node has used beyond its part, as one of so many, is counted where the others see it. */
  async #publish(nodes: number): Promise<void> {
    const { store, clock } = this.#parts;
    for (const bucket of this.#limits?.buckets() ?? []) {
      const { limit, key, own } = bucket;
      if (!limit) continue;
      const tokens = own - ownShareOf(limit.limit, nodes);
      if (tokens <= 0) continue;
      const now = clock.now();
      bucket.share(tokens);
      await store.addLimitSlice({ ...key, tokens, until: now + limit.windowMs + ON_THE_WAY_MS }, now);
    }
  }

  // What is not noted now is noted with the next; nothing leaves more freely because of it.
  async #noting(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.log.warn('limits.not_shared', { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Half of the limit belongs to the nodes, in equal parts. */
function ownShareOf(limit: number, nodes: number): number {
  return nodes === 1 ? limit : Math.floor(limit / (2 * nodes));
}

function isOurs(change: Change | typeof EVERYTHING): boolean {
  return change === EVERYTHING || change.of === 'limit_nodes' || change.of === 'limit_penalties';
}
