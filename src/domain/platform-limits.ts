import type { StopSignal } from './stop-signal.ts';

/** A usage-plan group of the platform whose requests share a limit; Auth has a budget of its own (`Budget`). */
export type LimitGroup = 'light' | 'medium' | 'heavy';

/** What counts against one limit: the requests of one Grant in one group. */
export interface LimitKey {
  readonly app: string;
  readonly connection: string;
  readonly group: LimitGroup;
}

/** One request that wants to leave. */
export interface Admission {
  readonly app: string;
  readonly connection: string;
  /** Absent: the platform does not limit the operation. */
  readonly group: LimitGroup | undefined;
  /** On whose behalf; Clients take turns. Empty: the gateway itself. */
  readonly client: string;
  /** How long it may be held back, milliseconds; 10 000 where absent, 0 for not at all. */
  readonly waitMs?: number;
  /** Nobody wants the answer any more. */
  readonly signal?: StopSignal;
}

/** Headers of an answer, in any of the forms in which they come: names in lower case, or names and values in turn as they stand. */
export type AnswerHeaders =
  | readonly string[]
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The right to send one request. One of the three is called, once; what is called after that has no effect. */
export interface Permit {
  /** The head of the answer is there. */
  answered(headers: AnswerHeaders, status: number): void;
  /** It left, or may have, and no answer will come. */
  lost(): void;
  /** It never left: it is given to somebody else. */
  unused(): void;
}

/** Lets requests to the platform leave no faster than its limits allow. */
export interface PlatformGate {
  /**
   * @returns at once where there is room, without a promise
   * @throws PlatformBusy          it would not leave within `waitMs`; thrown, or what the promise rejects with
   * @throws the signal's reason
   */
  admit(admission: Admission): Permit | Promise<Permit>;
}

/** What the platform allows in any span of `windowMs`. */
export interface PlatformLimit {
  readonly limit: number;
  readonly windowMs: number;
}

/** The limits of an App that nobody has said anything about. @see RingCentral "Rate limits" */
export const DEFAULT_LIMITS: Readonly<Record<LimitGroup, PlatformLimit>> = {
  light: { limit: 50, windowMs: 60_000 },
  medium: { limit: 40, windowMs: 60_000 },
  heavy: { limit: 10, windowMs: 60_000 },
};

/** A time in which nothing of a limit may leave, since every request would begin it anew. Epoch milliseconds. */
export interface LimitPenalty extends LimitKey {
  readonly until: number;
}

/** What one node takes of a limit that several share. */
export interface WantedSlice extends LimitKey {
  readonly tokens: number;
  /** How many may be taken together, by all nodes. */
  readonly pool: number;
  /** From when on they no longer count, epoch milliseconds. */
  readonly until: number;
}

/** What was taken. */
export interface TakenSlice {
  readonly tokens: number;
  /** When there may be more, epoch milliseconds, where fewer were taken than wanted. */
  readonly moreAt: number;
}

/** What nodes that share a database tell each other about the platform's limits. */
export interface LimitsStore {
  /** Says that a node sends requests, or may have sent some that count, until then. Epoch milliseconds. */
  keepLimitNode(node: string, countsUntil: number): Promise<void>;
  countLimitNodes(now: number): Promise<number>;
  /** Takes as many tokens as are left, of those wanted. */
  takeLimitSlice(wanted: WantedSlice, now: number): Promise<TakenSlice>;
  /** Notes tokens that were used already, whether or not they are left. */
  addLimitSlice(used: Omit<WantedSlice, 'pool'>, now: number): Promise<void>;
  /** Notes a penalty; one that ends later stands. */
  noteLimitPenalty(penalty: LimitPenalty): Promise<void>;
  listLimitPenalties(now: number): Promise<readonly LimitPenalty[]>;
  /** Removes what no longer counts. */
  removeExpiredLimits(now: number): Promise<void>;
}

/** For requests that the platform does not limit. */
export const UNLIMITED: Permit = { answered: () => undefined, lost: () => undefined, unused: () => undefined };

/** Lets everything leave. */
export const OPEN_GATE: PlatformGate = { admit: () => UNLIMITED };
