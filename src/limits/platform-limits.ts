import { LRUCache } from 'lru-cache';
import { PlatformLimited } from '../domain/errors.ts';
import type { PlatformOutlook } from '../domain/limit-outlook.ts';
import {
  type Admission,
  type AnswerHeaders,
  DEFAULT_LIMITS,
  type LimitGroup,
  type LimitKey,
  type Permit,
  type PlatformGate,
  UNLIMITED,
} from '../domain/platform-limits.ts';
import type { SteadyClock } from '../runtime/clock.ts';
import { retryAfterMs } from '../runtime/retry-after.ts';
import { headerOf, type StatedLimit, statedLimit } from './answer-headers.ts';
import { Bucket, type GroupLimit } from './bucket.ts';
import { ClientUse } from './client-use.ts';
import { type Arrivals, Departure } from './departure.ts';
import type { Waiter } from './waiter.ts';

const WAIT_MS = 10_000;
// RingCentral restarts the penalty when a request arrives during it ("Rate limits"), so we add a little.
const PENALTY_MARGIN_MS = 1_000;
// Some KB each; the longest unused goes first. What counts there is then counted anew from what the platform says.
const BUCKETS = 10_000;
const PENALTIES = 20_000;
const GROUPS = 3_000;
// So many errors in a row state no limit: then none is in force. One alone may have come from elsewhere; a success has not.
const SAYINGS = 3;
// Every request that counts is remembered for a window. A larger limit is out of a user's reach, and its 429 is heeded all the same.
const MOST_COUNTED = 10_000;

/** What nodes that share a database have agreed on. */
export interface Agreement {
  /** How many requests this node may send in a window without asking, of so many in all. */
  ownShare(limit: number): number;
  /** Asks for more, and calls back whatever becomes of it. */
  takeMore(bucket: Bucket, wanted: number, then: () => void): void;
  tellPenalty(key: LimitKey, until: number): void;
}

/** A node that has the database, and the platform's limits, for itself. */
export const ALONE: Agreement = { ownShare: (limit) => limit, takeMore: (_bucket, _wanted, then) => then(), tellPenalty: () => undefined };

/**
 * Lets requests leave no faster than the platform's limits allow: its figures for each Grant and group, learned from its
 * answers; its penalties; and among the Clients in turns.
 *
 * A request, in the order it goes through:
 *   free     there is room, no penalty, and the Client's share allows it: it leaves at once
 *   waiting  it would only earn a penalty: it leaves when there is room, Clients taking turns
 *   refused  it would not leave in time: 429 at once
 */
export class PlatformLimits implements PlatformGate {
  readonly #clock: SteadyClock;
  readonly #agreement: Agreement;
  readonly #buckets = new LRUCache<string, Bucket>({ max: BUCKETS });
  readonly #groups = new LRUCache<string, GroupLimit>({ max: GROUPS });
  /** By bucket, epoch milliseconds; also of those that are no longer in memory. */
  readonly #penalties = new LRUCache<string, number>({ max: PENALTIES });
  readonly #arrivals: Arrivals = {
    answered: (departure, headers, status) => this.#answered(departure, headers, status),
    lost: (departure) => this.#ended(departure),
    unused: (departure) => this.#unused(departure),
  };

  constructor(parts: { readonly clock: SteadyClock; readonly agreement?: Agreement }) {
    this.#clock = parts.clock;
    this.#agreement = parts.agreement ?? ALONE;
  }

  admit(admission: Admission): Permit | Promise<Permit> {
    if (admission.group === undefined) return UNLIMITED;
    const now = this.#clock.monotonic();
    const bucket = this.#bucket(admission.app, admission.connection, admission.group);
    const use = bucket.use(admission.client, now);
    use.ask(now, bucket.windowMs);
    // Whoever waits and could leave by now goes first.
    if (bucket.waiting > 0) this.#pump(bucket);
    if (use.waiting.length === 0 && this.#mayLeave(bucket, use, now)) return this.#send(bucket, use, now);
    return this.#wait(bucket, use, admission, now);
  }

  /** What a request would meet, were it made now; nothing is counted. */
  outlook({ app, connection, group, client, waitMs = WAIT_MS }: Omit<Admission, 'signal'>): PlatformOutlook {
    if (group === undefined) return { waitMs: 0, outcome: 'passes' };
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.peek(nameOf(app, connection, group)) ?? this.#made(app, connection, group);
    const use = bucket.findUse(client) ?? new ClientUse(client, now);
    const room = bucket.roomFor(use, bucket.room(now), now);
    const mayLeave = use.waiting.length === 0 && this.#mayLeave(bucket, use, now);
    const expectedMs = mayLeave ? 0 : Math.max(1, this.#expectedMs(bucket, use, now));
    return {
      ...(bucket.limit && { limit: bucket.limit, room: Math.max(0, room) }),
      waitMs: expectedMs,
      outcome: mayLeave ? 'passes' : expectedMs > waitMs ? 'refuses' : 'waits',
    };
  }

  /** A penalty that another node has met. Epoch milliseconds. */
  hearPenalty({ app, connection, group }: LimitKey, until: number): void {
    const name = nameOf(app, connection, group);
    if (until <= (this.#penalties.get(name) ?? 0)) return;
    this.#penalties.set(name, until);
    const bucket = this.#buckets.get(name);
    if (bucket) bucket.penaltyUntil = Math.max(bucket.penaltyUntil, until);
  }

  /** What is in memory. */
  buckets(): Iterable<Bucket> {
    return this.#buckets.values();
  }

  /** Looks again who may leave, after what nodes have agreed on has changed. */
  look(): void {
    for (const bucket of this.#buckets.values()) if (bucket.waiting > 0) this.#pump(bucket);
  }

  #bucket(app: string, connection: string, group: LimitGroup): Bucket {
    const name = nameOf(app, connection, group);
    const known = this.#buckets.get(name);
    if (known) return known;
    const made = this.#made(app, connection, group);
    this.#buckets.set(name, made);
    return made;
  }

  #made(app: string, connection: string, group: LimitGroup): Bucket {
    const made = new Bucket({ app, connection, group }, this.#group(app, group));
    made.penaltyUntil = this.#penalties.get(nameOf(app, connection, group)) ?? 0;
    return made;
  }

  #group(app: string, group: LimitGroup): GroupLimit {
    const name = `${group}\n${app}`;
    const known = this.#groups.get(name);
    if (known) return known;
    const made = { current: DEFAULT_LIMITS[group], unsaid: 0, isKnown: false };
    this.#groups.set(name, made);
    return made;
  }

  #mayLeave(bucket: Bucket, use: ClientUse, now: number): boolean {
    if (this.#penaltyMs(bucket) > 0) return false;
    if (bucket.roomFor(use, bucket.room(now), now) <= 0) return false;
    return !bucket.limit || this.#hasOwn(bucket) || this.#hasToken(bucket, now);
  }

  #hasOwn({ own, limit }: Bucket): boolean {
    return !limit || own < this.#agreement.ownShare(limit.limit);
  }

  #hasToken({ tokens, tokensUntil }: Bucket, now: number): boolean {
    return tokens > 0 && now < tokensUntil;
  }

  #send(bucket: Bucket, use: ClientUse, now: number): Permit {
    const shared = !this.#hasOwn(bucket);
    if (shared) bucket.tokens -= 1;
    const departure = new Departure(this.#arrivals, bucket, use, shared, now);
    bucket.send(departure);
    return departure;
  }

  #penaltyMs({ penaltyUntil }: Bucket): number {
    return penaltyUntil === 0 ? 0 : Math.max(0, penaltyUntil - this.#clock.now());
  }

  #wait(bucket: Bucket, use: ClientUse, { connection, group, signal, waitMs = WAIT_MS }: Admission, now: number): Promise<Permit> {
    if (signal?.aborted) throw signal.reason;
    const expectedMs = this.#expectedMs(bucket, use, now);
    // What the usual limit has no room for may be within the one that is in force: the first answers say.
    const soonKnown = !bucket.group.isKnown && bucket.inFlight > 0 && this.#penaltyMs(bucket) === 0;
    if ((expectedMs > waitMs && !soonKnown) || waitMs <= 0) throw new PlatformLimited(connection, group ?? '', Math.max(1, expectedMs));
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#remove(bucket, use, waiter);
        reject(signal?.reason);
      };
      const leaving = { handleEvent: leave };
      const over = () => signal?.removeEventListener('abort', leaving);
      const waiter: Waiter = {
        until: now + waitMs,
        grant: (permit) => {
          over();
          resolve(permit);
        },
        refuse: (reason) => {
          over();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', leaving);
      if (use.waiting.push(waiter) === 1) bucket.turns.push(use);
      bucket.waiting += 1;
      this.#pump(bucket);
    });
  }

  /** How long one more request of this Client would wait, as far as can be told. */
  #expectedMs(bucket: Bucket, use: ClientUse, now: number): number {
    const penaltyMs = this.#penaltyMs(bucket);
    const room = bucket.roomOnceAnswered(now);
    const behind = use.waiting.length;
    let ahead = behind;
    for (const other of bucket.turns) if (other !== use) ahead += Math.min(other.waiting.length, behind + 1);
    const needed = ahead + 1 - Math.min(room, bucket.roomFor(use, room, now));
    const freeMs = needed > 0 ? bucket.freeAt(needed, now) - now : 0;
    const moreMs = this.#hasOwn(bucket) || this.#hasToken(bucket, now) ? 0 : bucket.moreAt - now;
    return Math.ceil(Math.max(penaltyMs, freeMs, moreMs, 0));
  }

  #remove(bucket: Bucket, use: ClientUse, waiter: Waiter): void {
    const at = use.waiting.indexOf(waiter);
    if (at < 0) return;
    use.waiting.splice(at, 1);
    bucket.waiting -= 1;
    if (use.waiting.length === 0) bucket.turns.splice(bucket.turns.indexOf(use), 1);
    this.#arm(bucket);
  }

  /** Lets leave whoever may, one of each Client in turn. */
  #pump(bucket: Bucket): void {
    const now = this.#clock.monotonic();
    this.#refuseLate(bucket, now);
    let passedOver = 0;
    while (passedOver < bucket.turns.length) {
      const use = bucket.turns.shift();
      if (!use) break;
      const may = this.#mayLeave(bucket, use, now);
      if (may) {
        bucket.waiting -= 1;
        use.waiting.shift()?.grant(this.#send(bucket, use, now));
      }
      passedOver = may ? 0 : passedOver + 1;
      if (use.waiting.length > 0) bucket.turns.push(use);
    }
    this.#askForMore(bucket, now);
    this.#arm(bucket);
  }

  #refuseLate(bucket: Bucket, now: number): void {
    for (const use of [...bucket.turns]) {
      for (const waiter of use.waiting.filter(({ until }) => until <= now)) {
        this.#remove(bucket, use, waiter);
        const { connection, group } = bucket.key;
        waiter.refuse(new PlatformLimited(connection, group, Math.max(1_000, this.#expectedMs(bucket, use, now))));
      }
    }
  }

  #askForMore(bucket: Bucket, now: number): void {
    if (bucket.waiting === 0 || bucket.isTaking || this.#penaltyMs(bucket) > 0 || now < bucket.moreAt) return;
    if (this.#hasOwn(bucket) || this.#hasToken(bucket, now)) return;
    const wanted = Math.min(bucket.waiting, bucket.room(now));
    if (wanted <= 0) return;
    bucket.isTaking = true;
    this.#agreement.takeMore(bucket, wanted, () => {
      bucket.isTaking = false;
      this.#pump(bucket);
    });
  }

  /** Sleeps until something may change by itself; answers change it too. */
  #arm(bucket: Bucket): void {
    const at = this.#changesAt(bucket);
    if (bucket.wake?.at === at) return;
    bucket.wake?.cancel.abort();
    bucket.wake = undefined;
    if (at === undefined) return;
    const cancel = new AbortController();
    bucket.wake = { at, cancel };
    this.#clock.sleep(Math.max(1, Math.ceil(at - this.#clock.monotonic())), cancel.signal).then(
      () => {
        bucket.wake = undefined;
        this.#pump(bucket);
      },
      () => undefined,
    );
  }

  /** By the monotonic clock; nothing where nobody waits. */
  #changesAt(bucket: Bucket): number | undefined {
    if (bucket.waiting === 0) return undefined;
    const now = this.#clock.monotonic();
    const penaltyMs = this.#penaltyMs(bucket);
    let at = penaltyMs > 0 ? now + penaltyMs : bucket.nextFreeAt();
    if (penaltyMs === 0 && bucket.moreAt > now) at = Math.min(at, bucket.moreAt);
    for (const { waiting } of bucket.turns) for (const { until } of waiting) at = Math.min(at, until);
    return at;
  }

  #answered(departure: Departure, headers: AnswerHeaders, status: number): void {
    const now = this.#clock.monotonic();
    const stated = statedLimit(headers);
    const bucket = stated ? this.#heed(departure, stated, now) : this.#unstated(departure, status, now);
    if (status === 429) this.#penalize(bucket, headers);
    if (bucket.waiting > 0) this.#pump(bucket);
    if (bucket !== departure.bucket && departure.bucket.waiting > 0) this.#pump(departure.bucket);
  }

  /** @returns the bucket that the request counts against: by the platform's word, whatever was thought before */
  #heed(departure: Departure, stated: StatedLimit, now: number): Bucket {
    const asked = departure.bucket;
    const group = stated.group ?? asked.key.group;
    const bucket = group === asked.key.group ? asked : this.#bucket(asked.key.app, asked.key.connection, group);
    const limit = bucket.group;
    limit.unsaid = 0;
    limit.isKnown = true;
    if (stated.limit > MOST_COUNTED) limit.current = undefined;
    else if (stated.group && (limit.current?.limit !== stated.limit || limit.current.windowMs !== stated.windowMs)) {
      limit.current = { limit: stated.limit, windowMs: stated.windowMs };
    }
    if (bucket === asked) {
      bucket.count(departure, now);
      if (stated.group) bucket.learn(departure, stated.remaining, now);
      return bucket;
    }
    asked.takeBack(departure);
    const moved = new Departure(this.#arrivals, bucket, bucket.use(departure.use.client, now), false, departure.sentAt);
    bucket.send(moved);
    bucket.count(moved, now);
    return bucket;
  }

  #unstated(departure: Departure, status: number, now: number): Bucket {
    const { bucket } = departure;
    const limit = bucket.group;
    // The platform does not count who is not signed in, and an error may come from something that stands before it.
    if (status < 500 && status !== 401 && status !== 429 && limit.current) {
      limit.unsaid += status < 300 ? SAYINGS : 1;
      if (limit.unsaid >= SAYINGS) Object.assign(limit, { current: undefined, isKnown: true });
    }
    bucket.count(departure, now);
    return bucket;
  }

  #ended(departure: Departure): void {
    const { bucket } = departure;
    bucket.count(departure, this.#clock.monotonic());
    if (bucket.waiting > 0) this.#pump(bucket);
  }

  #unused(departure: Departure): void {
    const { bucket } = departure;
    bucket.takeBack(departure);
    if (bucket.waiting > 0) this.#pump(bucket);
  }

  #penalize(bucket: Bucket, headers: AnswerHeaders): void {
    const now = this.#clock.now();
    const until = now + retryAfterMs({ get: (name) => headerOf(headers, name) ?? null }, now) + PENALTY_MARGIN_MS;
    this.hearPenalty(bucket.key, until);
    bucket.penaltyUntil = Math.max(bucket.penaltyUntil, until);
    this.#agreement.tellPenalty(bucket.key, until);
  }
}

function nameOf(app: string, connection: string, group: LimitGroup): string {
  return `${group}\n${connection}\n${app}`;
}
