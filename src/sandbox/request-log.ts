import { matchesPath } from './wire/path-pattern.ts';

/** A request that the platform has seen; nothing of it that could be a secret. */
export interface LoggedRequest {
  /** When it came, by the sandbox's clock. */
  readonly at: number;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** What it was answered with; 0 as long as it is not, and for ever where a fault ended it before it took effect. */
  readonly status: number;
  /** Of token requests. */
  readonly grantType?: string;
}

/** A line of the log that is still being written. */
export type OpenEntry = { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] };

const CAPACITY = 10_000;
// Longer than any path of the platform's; the log must not grow with what is sent.
const PATH_LENGTH = 500;

/** The last 10,000 requests, in the order in which they came. */
export class RequestLog {
  #entries: OpenEntry[] = [];

  /** @returns the entry, for its status and grant type to be set */
  add(at: number, method: string, path: string): OpenEntry {
    // Cut in large steps: moving ten thousand entries for each request would cost more than the request.
    if (this.#entries.length >= 2 * CAPACITY) this.#entries = this.#entries.slice(-CAPACITY);
    const entry: OpenEntry = { at, method, path: shortened(path), status: 0 };
    this.#entries.push(entry);
    return entry;
  }

  /** @param pattern  a path, or the beginning of one followed by `*`; @param last  how many of the latest */
  list(pattern = '*', last = CAPACITY): readonly LoggedRequest[] {
    return this.#entries
      .slice(-CAPACITY)
      .filter(({ path }) => matchesPath(pattern, path))
      .slice(-last)
      .map((entry) => ({ ...entry }));
  }

  reset(): void {
    this.#entries = [];
  }
}

// A piece of a text keeps the whole of it in memory, the query behind a path too; only a copy lets go of it.
function shortened(path: string): string {
  return Buffer.from(path.slice(0, PATH_LENGTH)).toString();
}
