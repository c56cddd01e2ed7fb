import type { Log } from '../../runtime/log.ts';

// Where RingCentral's REST APIs begin; what else is asked for was never meant for them.
const API_PATH = /^\/(restapi|scim|team-messaging|rcvideo|webinar|ai|analytics)\//;
const ID = /^(~|%7E|\d+|[\w-]*\d[\w-]{7,}|.*,.*)$/i;
// So that what is sent can fill neither memory nor log.
const REMEMBERED = 1_000;
const PATH_LENGTH = 200;

/** Tells in the log, once per kind of path, that the sandbox could answer more. */
export class UnknownPaths {
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Something was asked for that the sandbox does not have. */
  tell(method: string, path: string): void {
    if (!API_PATH.test(path) || this.#told.size >= REMEMBERED) return;
    const pattern = `${method} ${patternOf(path)}`;
    if (this.#told.has(pattern)) return;
    this.#told.add(pattern);
    this.#log.warn('sandbox.not_modelled', {
      asked: pattern,
      note: "with RingCentral's OpenAPI file (--openapi FILE) the sandbox answers by example what it does not model",
    });
  }
}

function patternOf(path: string): string {
  return path
    .slice(0, PATH_LENGTH)
    .split('/')
    .map((segment) => (ID.test(segment) ? '{}' : segment))
    .join('/');
}
