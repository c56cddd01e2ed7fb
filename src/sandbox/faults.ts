import { type Answer, jsonAnswer } from './wire/answer.ts';
import { matchesPath } from './wire/path-pattern.ts';

/** A failure that is ordered beforehand. */
export interface Fault {
  readonly match: {
    readonly method?: string;
    /** A path, or the beginning of one followed by `*`. */
    readonly path?: string;
    /** Of token requests. */
    readonly grantType?: string;
  };
  /** How many requests meet it. */
  readonly times: number;
  readonly action: FaultAction;
}

/** What happens to a request that meets a fault. */
export interface FaultAction {
  /** The answer's status; the request does not take effect. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
  /** How long the request waits before anything else happens to it. */
  readonly delayMs?: number;
  /** The connection dies `before` the request took effect, or `after` it did. */
  readonly drop?: 'before' | 'after';
}

/** The ordered failures, in their order. */
export class Faults {
  #waiting: Fault[] = [];

  add(fault: Fault): void {
    this.#waiting.push(fault);
  }

  /** What happens to this request, if anything: the first fault that means it, once fewer. */
  take(request: { readonly method: string; readonly path: string; readonly grantType: string | undefined }): FaultAction | undefined {
    const index = this.#waiting.findIndex(({ match }) => means(match, request));
    const fault = this.#waiting[index];
    if (!fault) return undefined;
    this.#waiting.splice(index, 1, ...(fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : []));
    return fault.action;
  }

  /** Those that are still waiting for a request. */
  list(): readonly Fault[] {
    return this.#waiting;
  }

  reset(): void {
    this.#waiting = [];
  }
}

/** The answer that a fault gives in the platform's place; nothing where the platform answers itself. */
export function faultAnswer({ status, headers = {}, body }: FaultAction): Answer | undefined {
  if (status === undefined) return undefined;
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (body === undefined || typeof body === 'string') return { status, headers: given, body: body ?? '' };
  return jsonAnswer(status, body, given);
}

function means(match: Fault['match'], request: { readonly method: string; readonly path: string; readonly grantType: string | undefined }): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !matchesPath(match.path, request.path)) return false;
  return match.grantType === undefined || match.grantType === request.grantType;
}
