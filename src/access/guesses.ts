import { sourceOf } from '../domain/source.ts';
import type { Clock } from '../runtime/clock.ts';

interface Allowance {
  /** How many guesses are let through at once. */
  readonly most: number;
  /** How long it takes until there is room for one more. */
  readonly refillMs: number;
}

// A person mistypes a few times, and a shop has some programs with an old password: more than that is guessing.
const PAIR: Allowance = { most: 10, refillMs: 60_000 };
// An address that showed a right password is a program's own. What it shares with others, a terminator for example, may
// spoil it only slowly; a four-digit password still lasts for hours there.
const KNOWN_PAIR: Allowance = { most: 300, refillMs: 10_000 };
const SOURCE: Allowance = { most: 100, refillMs: 6_000 };
// Many addresses guess at one user name: from then on each of them has one guess, so that a right password from
// elsewhere still gets in at once.
const USERNAME: Allowance = { most: 100, refillMs: 6_000 };
const CROWDED_PAIR: Allowance = { most: 1, refillMs: 60_000 };

// Some hundred bytes each; over it the one that was not used for longest goes. Guesses that are refused make none.
const MOST_BUCKETS = 10_000;

/** A guess that may be made, and counts as wrong until it was right. */
export interface Guess {
  /** The password was right. */
  right(): void;
  /** Nobody will know: it was not looked at. */
  undo(): void;
}

/**
 * Counts wrong passwords by user name and by the address they come from, and says who has to wait.
 *
 * Nothing here changes a login: it only delays who guesses. A user name counts whether or not it exists, so that the
 * two cannot be told apart.
 */
export class Guesses {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pairs = new Map<string, Bucket>();
  // Apart from the others, so that a flood of them cannot make these forgotten.
  readonly #knownPairs = new Map<string, Bucket>();
  readonly #sources = new Map<string, Bucket>();
  readonly #usernames = new Map<string, Bucket>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** @returns nothing where too many were wrong: the password is not to be looked at */
  take(username: string, address: string): Guess | undefined {
    const source = sourceOf(address);
    const pair = `${source}\0${username}`;
    const known = this.#knownPairs.get(pair);
    const buckets = known ? [this.#used(this.#knownPairs, pair, known, KNOWN_PAIR)] : this.#strangers(source, username, pair);
    if (buckets.some((bucket) => !bucket.hasRoom)) return undefined;

    const undo = (): void => {
      for (const bucket of buckets) bucket.empty(1);
    };
    for (const bucket of buckets) bucket.fill();
    return {
      undo,
      right: () => {
        undo();
        if (!this.#knownPairs.has(pair)) this.#used(this.#knownPairs, pair, undefined, KNOWN_PAIR);
      },
    };
  }

  #strangers(source: string, username: string, pair: string): readonly Bucket[] {
    const now = this.#clock.now();
    const crowd = this.#usernames.get(username)?.at(now, USERNAME);
    // A full one holds nobody back, it makes the pair's allowance small.
    const crowded = crowd !== undefined && !crowd.hasRoom;
    const [ofSource, ofPair] = [this.#sources.get(source), this.#pairs.get(pair)];
    const allowance = crowded ? CROWDED_PAIR : PAIR;
    if ([ofSource?.at(now, SOURCE), ofPair?.at(now, allowance)].some((bucket) => bucket?.hasRoom === false)) return [FULL];
    return [
      this.#used(this.#sources, source, ofSource, SOURCE),
      this.#used(this.#pairs, pair, ofPair, allowance),
      ...(crowded ? [] : [this.#used(this.#usernames, username, crowd, USERNAME)]),
    ];
  }

  #used(buckets: Map<string, Bucket>, key: string, bucket: Bucket = new Bucket(), allowance: Allowance): Bucket {
    buckets.delete(key);
    for (const oldest of buckets.keys()) {
      if (buckets.size < MOST_BUCKETS) break;
      buckets.delete(oldest);
    }
    buckets.set(key, bucket);
    return bucket.at(this.#clock.now(), allowance);
  }
}

/** Fills with every guess, and empties with time. */
class Bucket {
  #level = 0;
  /** Epoch milliseconds; absent until it is first looked at. */
  #since: number | undefined;
  #most = 0;

  get hasRoom(): boolean {
    return this.#level + 1 <= this.#most;
  }

  /** The bucket as it stands now. A clock that was set back empties nothing, and fills nothing. */
  at(now: number, { most, refillMs }: Allowance): this {
    this.empty(Math.max(0, now - (this.#since ?? now)) / refillMs);
    this.#since = now;
    this.#most = most;
    return this;
  }

  fill(): void {
    this.#level += 1;
  }

  empty(by: number): void {
    this.#level = Math.max(0, this.#level - by);
  }
}

// Never looked at, so it has no allowance, and no room.
const FULL = new Bucket();
