import type { AuditLine } from '../domain/audit.ts';
import { sourceOf } from '../domain/source.ts';
import type { Clock } from '../runtime/clock.ts';

// Anybody can be refused as often as they like, and lines are kept for long: a source that never stops has some three
// hundred lines a day. The first refusal stands there at once, so guessing shows while it goes on.
const WINDOW_MS = 10 * 60 * 1_000;
// Those after them share a line, so that many addresses fill a disk no faster: 30 000 lines a day, some 5 MB.
const MOST_SOURCES = 100;
const SEVERAL = 'several';

/** Refusals of one source that make one line. */
interface Window {
  readonly since: number;
  line: AuditLine;
  /** Those after the first, which has a line of its own. */
  more: number;
}

/**
 * Refused requests of somebody unknown: the first of a source makes a line, those in the ten minutes after it make one
 * more, with their number.
 */
export class Refusals {
  readonly #write: (line: AuditLine, times: number) => Promise<void>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #windows = new Map<string, Window>();

  /** @param write  never rejects */
  constructor(write: (line: AuditLine, times: number) => Promise<void>, clock: Pick<Clock, 'now'>) {
    this.#write = write;
    this.#clock = clock;
  }

  async add(line: AuditLine): Promise<void> {
    await this.sumUp();
    const own = `${sourceOf(line.address)}\0${line.result}`;
    const alone = this.#windows.has(own) || this.#windows.size < MOST_SOURCES;
    const [key, told] = alone ? [own, line] : [`\0${line.result}`, { ...line, address: SEVERAL }];
    const window = this.#windows.get(key);
    if (!window) {
      this.#windows.set(key, { since: this.#clock.now(), line: told, more: 0 });
      return this.#write(told, 1);
    }
    window.more += 1;
    window.line = inCommon(window.line, told);
  }

  /** Writes the lines of the windows that are over; of every window where `all` says so. */
  async sumUp(all = false): Promise<void> {
    const now = this.#clock.now();
    for (const [key, { since, line, more }] of this.#windows) {
      // A clock that was set back must not keep one open.
      if (!all && now >= since && now - since < WINDOW_MS) continue;
      this.#windows.delete(key);
      if (more > 0) await this.#write({ ...line, requestId: '' }, more);
    }
  }
}

function inCommon(one: AuditLine, other: AuditLine): AuditLine {
  return { ...one, action: one.action === other.action ? one.action : SEVERAL, object: one.object === other.object ? one.object : SEVERAL };
}
