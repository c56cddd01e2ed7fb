import type { Page, PageRequest } from './page.ts';

/** One line of the audit trail: who did what to which thing, when, from where, and how it ended. Never a secret. */
export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** `admin`, `client NAME`, `invitation ID`, `cli`, `gateway` for what it does by itself, or `unknown`. */
  readonly who: string;
  readonly action: string;
  /** As the API names it: `connections/front-desk`. */
  readonly object: string;
  /** The address it came from, or `cli`; empty for what the gateway does by itself. */
  readonly address: string;
  /** `asked`, `ok`, or the code of what went wrong. */
  readonly result: string;
  /** Joins the lines of one request, also with the log. */
  readonly requestId: string;
  /** How many requests it stands for: more than one where somebody unknown was refused again and again. */
  readonly times: number;
}

/** A line as it is told to the trail. */
export type AuditLine = Omit<AuditEntry, 'at' | 'times'>;

/** A line about what the gateway does by itself. */
export function gatewayLine(action: string, object: string, result: string): AuditLine {
  return { who: 'gateway', action, object, address: '', result, requestId: '' };
}

/** A line with its number. Numbers start at 1 and have no gaps from the anchor on, so that a missing line shows. */
export interface AuditRecord extends AuditEntry {
  readonly seq: number;
}

/** Lines in a row, by their numbers. */
export interface AuditRange {
  readonly first: number;
  readonly last: number;
}

/** Whether the audit trail is whole. */
export interface AuditState {
  /** The number of the first line that must be there; those before it were removed when their time was over. */
  readonly anchor: number;
  /** The number of the newest line; nothing where there is none. */
  readonly newest: number | undefined;
  /** The first numbers from the anchor on that are not there though later ones are. */
  readonly missing: AuditRange | undefined;
}

/** Where the audit trail rests. Lines are added and never changed; only those whose time is over are removed, oldest first. */
export interface AuditStore {
  appendAudit(entry: AuditEntry): Promise<void>;
  /** Newest first. @param page  `cursor`: only lines with a lower number */
  listAudit(page: PageRequest): Promise<Page<AuditRecord>>;
  /**
   * Removes the oldest lines up to the first that is not older than `before`, and moves the anchor behind them. The
   * newest line always stays, so that numbers go on.
   *
   * @param before  epoch milliseconds
   * @param most    lines in one go
   * @returns nothing where none were removed
   */
  trimAudit(before: number, most: number): Promise<AuditRange | undefined>;
  checkAudit(): Promise<AuditState>;
}

/** The audit trail as those see it who write to it. */
export interface AuditTrail {
  /**
   * Writes a line before something sensitive is done: where it cannot be written, that must not be done.
   *
   * @throws StoreUnavailable
   */
  record(line: AuditLine): Promise<void>;
  /** Writes a line about what has happened. It never rejects: a line that cannot be written goes to the log whole. */
  note(line: AuditLine): Promise<void>;
  /** Notes that somebody unknown was refused. Whoever goes on is counted, so that nobody can fill the trail. */
  refused(line: AuditLine): Promise<void>;
  /** Notes one of very many requests: lines that are alike are written as one, each minute, with their number. */
  counted(line: AuditLine): void;
}

// What a caller can make long is cut; names have 100 characters at most.
const LONGEST = 300;

/** A value as it stands in one line: control characters, line ends of Unicode and the backslash are written as `\uXXXX`. */
export function inOneLine(text: string): string {
  return text.slice(0, LONGEST).replace(/[\p{Cc}\u2028\u2029\\]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
