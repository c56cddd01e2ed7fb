import type { AuditLine } from '../domain/audit.ts';

// Clients, Connections and results make the kinds; of more than this the rest shares a line.
const MOST_KINDS = 10_000;

/**
 * Requests that are counted and not written one by one, because there are thousands a second: who, to which Connection, how it
 * ended, and how many there were.
 *
 * What is not written when a process is killed is lost with it: at most what was counted since the last summing up.
 */
export class Counts {
  readonly #write: (line: AuditLine, times: number) => Promise<void>;
  #kinds = new Map<string, { readonly line: AuditLine; times: number }>();

  /** @param write  never rejects */
  constructor(write: (line: AuditLine, times: number) => Promise<void>) {
    this.#write = write;
  }

  add(line: AuditLine): void {
    const told = this.#kinds.size < MOST_KINDS ? line : { ...line, object: 'several', who: 'several' };
    const key = `${told.who}\n${told.action}\n${told.object}\n${told.result}`;
    const known = this.#kinds.get(key);
    if (known) known.times += 1;
    else this.#kinds.set(key, { line: told, times: 1 });
  }

  /** Writes a line of each kind. */
  async sumUp(): Promise<void> {
    const kinds = this.#kinds;
    this.#kinds = new Map();
    for (const { line, times } of kinds.values()) await this.#write(line, times);
  }
}
