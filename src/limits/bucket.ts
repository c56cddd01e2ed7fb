import type { LimitKey, PlatformLimit } from '../domain/platform-limits.ts';
import { ClientUse } from './client-use.ts';

// The platform's clock and ours do not tick alike, and a timer may be early.
const MARGIN_MS = 100;
// Clients of which is remembered whether they called; the counts of those who call now are always kept.
const CLIENTS = 100;

/** One request that counts, or may. */
export interface Counted {
  readonly use: ClientUse;
  /** Taken from what nodes share, not from what this one has for itself. */
  readonly shared: boolean;
  /** How many were answered when it left. */
  readonly answeredBefore: number;
  readonly sentAt: number;
}

/** The limit of an App's group, as far as is known; every Connection has as much. */
export interface GroupLimit {
  /** Nothing: none is in force. */
  current: PlatformLimit | undefined;
  /** How many answers in a row have stated none. */
  unsaid: number;
  /** Whether an answer has said anything of it; until then it is RingCentral's usual one. */
  isKnown: boolean;
}

/**
 * What is known of one limit: how many requests of the sliding window are used up, by whom, and until when.
 *
 * A request counts from when it leaves until one window after its answer came: the platform counted it some time between.
 * What others use of the same limit, programs or nodes that we do not see, shows in what the platform says is left.
 *
 * `now` is the monotonic clock's everywhere but for the penalty.
 */
export class Bucket {
  readonly key: LimitKey;
  /** Epoch milliseconds. */
  penaltyUntil = 0;
  inFlight = 0;
  /** Requests that wait, of all Clients. */
  waiting = 0;
  /** Of the requests that count, those taken from what this node has for itself. */
  own = 0;
  readonly #uses = new Map<string, ClientUse>();
  /** Of those that were answered, in the order of their answers: until when each counts, whose it is, and whether it is shared. */
  readonly #ends: number[] = [];
  readonly #whose: ClientUse[] = [];
  readonly #areShared: boolean[] = [];
  #head = 0;
  #answeredTotal = 0;
  #sentTotal = 0;
  /** What others use, with the time at which each part counts no longer. */
  #others: { count: number; readonly until: number }[] = [];
  #othersRaisedAt = Number.NEGATIVE_INFINITY;
  #droppedTotal = 0;
  /** What the platform said last, while requests are under way. */
  #said: { readonly remaining: number; readonly answeredBefore: number; readonly at: number; readonly dropped: number } | undefined;
  readonly group: GroupLimit;
  /** Clients of whose requests some wait, in the order of their turns. */
  readonly turns: ClientUse[] = [];
  /** Of what nodes share: how many tokens this one has, and until when they may be used. */
  tokens = 0;
  tokensUntil = 0;
  /** Before this there is nothing more to be had of what nodes share. */
  moreAt = 0;
  isTaking = false;
  /** Ends the sleep until something may leave. */
  wake: { readonly at: number; readonly cancel: AbortController } | undefined;

  constructor(key: LimitKey, group: GroupLimit) {
    this.key = key;
    this.group = group;
  }

  get limit(): PlatformLimit | undefined {
    return this.group.current;
  }

  get answeredTotal(): number {
    return this.#answeredTotal;
  }

  get windowMs(): number {
    return this.limit?.windowMs ?? 0;
  }

  /** The Client's part; it is made where there is none. */
  use(client: string, now: number): ClientUse {
    const known = this.#uses.get(client);
    if (known) return known;
    if (this.#uses.size >= CLIENTS) this.#forget(now);
    const made = new ClientUse(client, now);
    this.#uses.set(client, made);
    return made;
  }

  findUse(client: string): ClientUse | undefined {
    return this.#uses.get(client);
  }

  uses(): Iterable<ClientUse> {
    return this.#uses.values();
  }

  /** How many more may leave now, whoever they are of; below 0 where too many have left. */
  room(now: number): number {
    if (!this.limit) return Number.POSITIVE_INFINITY;
    const room = this.roomOnceAnswered(now);
    if (this.inFlight === 0 || !this.#said) return room;
    const { remaining, answeredBefore, at, dropped } = this.#said;
    if (now >= at + this.limit.windowMs) return room;
    // What was under way when the platform said how many are left may not have been counted in that.
    return Math.min(room, remaining + (this.#droppedTotal - dropped) - (this.#sentTotal - answeredBefore - 1));
  }

  /** The same as far as it is certain: those under way are taken for counted. */
  roomOnceAnswered(now: number): number {
    if (!this.limit) return Number.POSITIVE_INFINITY;
    this.#expire(now);
    return this.limit.limit - this.#counted() - this.inFlight - this.#othersCount();
  }

  /** How many more this Client may have of that room, so that the others find their share. */
  roomFor(use: ClientUse, room: number, now: number): number {
    if (room <= 0 || this.#uses.size === 1 || !this.limit) return room;
    return use.used < this.#share(use, now) ? room : room - this.#reservedFrom(use, now);
  }

  /** A request leaves. */
  send(counted: Counted): void {
    this.inFlight += 1;
    this.#sentTotal += 1;
    counted.use.used += 1;
    if (!counted.shared) this.own += 1;
  }

  /** It was answered, or never will be. */
  count(counted: Counted, now: number): void {
    this.inFlight -= 1;
    this.#answeredTotal += 1;
    if (!this.limit) {
      // Where none is in force there is nothing to remember.
      this.#drop(counted.use, counted.shared);
      return;
    }
    this.#ends.push(now + this.limit.windowMs + MARGIN_MS);
    this.#whose.push(counted.use);
    this.#areShared.push(counted.shared);
    if (this.inFlight === 0) this.#said = undefined;
  }

  /** It never left, or counts against another limit. */
  takeBack(counted: Counted): void {
    this.inFlight -= 1;
    // As if it had been answered: what is reckoned from these numbers stays on the safe side.
    this.#answeredTotal += 1;
    this.#drop(counted.use, counted.shared);
  }

  /**
   * What the platform says is left, in the answer of a request that was counted here.
   *
   * What others have used lies between two bounds: of our own requests, at least those that were answered before this one left were
   * counted, and at most those that have left by now.
   */
  learn(counted: Counted, remaining: number, now: number): void {
    if (!this.limit) return;
    this.#expire(now);
    const used = this.limit.limit - remaining;
    const atLeast = used - this.#counted() - this.inFlight;
    const atMost = used - 1 - this.#countedOf(counted.answeredBefore);
    const others = this.#othersCount();
    if (atLeast > others) {
      this.#others.push({ count: atLeast - others, until: now + this.limit.windowMs + MARGIN_MS });
      this.#othersRaisedAt = now;
    } else if (atMost < others && counted.sentAt >= this.#othersRaisedAt) {
      this.#lessOthers(others - Math.max(0, atMost));
    }
    const older = this.#said && this.#said.answeredBefore > counted.answeredBefore;
    if (this.inFlight > 0 && !older) this.#said = { remaining, answeredBefore: counted.answeredBefore, at: now, dropped: this.#droppedTotal };
  }

  /** When so many of those that count no longer do; one window from now where that hangs on requests under way. */
  freeAt(needed: number, now: number): number {
    const ends = this.#others.flatMap(({ count, until }) => Array<number>(Math.min(count, needed)).fill(until));
    ends.push(...this.#ends.slice(this.#head, this.#head + needed));
    return ends.sort((a, b) => a - b)[needed - 1] ?? now + this.windowMs;
  }

  /** When the first of those that count no longer does. */
  nextFreeAt(): number {
    return Math.min(this.#ends[this.#head] ?? Number.POSITIVE_INFINITY, this.#others[0]?.until ?? Number.POSITIVE_INFINITY);
  }

  /** Of those taken from what this node has for itself, so many count as shared from now on. */
  share(count: number): void {
    let left = count;
    for (let index = this.#ends.length - 1; index >= this.#head && left > 0; index -= 1) {
      if (this.#areShared[index]) continue;
      this.#areShared[index] = true;
      this.own -= 1;
      left -= 1;
    }
  }

  #share(use: ClientUse, now: number): number {
    let active = use.isActive(now, this.windowMs) ? 0 : 1;
    for (const other of this.#uses.values()) if (other.isActive(now, this.windowMs)) active += 1;
    return Math.max(1, Math.floor((this.limit?.limit ?? 0) / active));
  }

  #reservedFrom(use: ClientUse, now: number): number {
    const share = this.#share(use, now);
    let reserved = 0;
    for (const other of this.#uses.values()) {
      if (other === use) continue;
      if (other.isForgotten(now, this.windowMs)) this.#uses.delete(other.client);
      else reserved += other.reserved(share, now, this.windowMs);
    }
    return reserved;
  }

  #forget(now: number): void {
    let oldest: ClientUse | undefined;
    for (const use of this.#uses.values()) {
      if (use.used > 0 || use.waiting.length > 0) continue;
      if (use.isForgotten(now, this.windowMs)) this.#uses.delete(use.client);
      else oldest ??= use;
    }
    if (oldest && this.#uses.size >= CLIENTS) this.#uses.delete(oldest.client);
  }

  #counted(): number {
    return this.#ends.length - this.#head;
  }

  /** Of those that count, how many were among the first so many answered. */
  #countedOf(answered: number): number {
    const since = this.#answeredTotal - answered;
    return Math.max(0, this.#counted() - since);
  }

  #othersCount(): number {
    let sum = 0;
    for (const { count } of this.#others) sum += count;
    return sum;
  }

  #lessOthers(by: number): void {
    let left = by;
    while (left > 0) {
      const [first] = this.#others;
      if (!first) return;
      const taken = Math.min(left, first.count);
      left -= taken;
      first.count -= taken;
      if (first.count === 0) this.#others.shift();
    }
  }

  #expire(now: number): void {
    for (let end = this.#ends[this.#head]; end !== undefined && end <= now; end = this.#ends[this.#head]) {
      this.#drop(this.#whose[this.#head], this.#areShared[this.#head]);
      this.#droppedTotal += 1;
      this.#head += 1;
    }
    if (this.#head > 32 && this.#head * 2 > this.#ends.length) {
      for (const list of [this.#ends, this.#whose, this.#areShared]) list.splice(0, this.#head);
      this.#head = 0;
    }
    while (this.#others[0] && this.#others[0].until <= now) this.#others.shift();
  }

  #drop(use: ClientUse | undefined, shared: boolean | undefined): void {
    if (use) use.used -= 1;
    if (!shared) this.own -= 1;
  }
}
