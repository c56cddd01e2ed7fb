import type { Call } from '../broker/call.ts';
import type { NoticeWay, OutboxStore } from '../domain/outbox.ts';
import type { SteadyClock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { CoverPages } from './cover-pages.ts';
import type { TellingParts } from './tell.ts';

/** How the Outbox is to work; spans in milliseconds. */
export interface OutboxRules {
  /** How long after it left a fax without an answer is looked for before it is sent again. */
  readonly settleMs: number;
  /** After which a fax that could not be sent is given up. */
  readonly deadlineMs: number;
  /** How long a fax that is equal to another counts as the same; 0: never. */
  readonly repeatWindowMs: number;
  /** How long the content is kept after the fax is closed. */
  readonly keepContentMs: number;
  /** How long the history is kept after the fax is closed. */
  readonly keepHistoryMs: number;
  /** Over which ways people are told. */
  readonly ways: readonly NoticeWay[];
}

/** What the Outbox is handed. */
export interface OutboxParts {
  readonly store: OutboxStore;
  /** Token, limits, one repeat after a 401 that is the token's fault. @throws GatewayError */
  readonly call: Call;
  readonly rules: OutboxRules;
  /** Absent: nobody is told. */
  readonly telling?: TellingParts;
  readonly clock: SteadyClock;
  readonly random: Random;
  readonly log: Log;
  /** The name of this process among those that share the database; never used again. */
  readonly node: string;
}

/** What the work on one fax needs beside. */
export interface WorkParts extends OutboxParts {
  readonly coverPages: CoverPages;
  /** Whether the turn is still this node's, as far as it knows without asking. */
  readonly hasTurn: () => boolean;
}
