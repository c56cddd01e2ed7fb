import { PlatformRefused, PlatformUnreachable } from '../../domain/errors.ts';
import type { LimitGroup } from '../../domain/platform-limits.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Fetch } from '../../runtime/fetch.ts';
import { parseObject } from '../../runtime/parse-object.ts';
import { readText } from '../../runtime/read-text.ts';

/** One REST request of Trunkline's own, not yet sent. */
export interface PlatformRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the origin, `~` for the Grant's own account and extension. */
  readonly path: string;
  /** A name with several values is repeated. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
  /** Sent in place of `json`. */
  readonly body?: PlatformBody;
  /** How long the answer is waited for, milliseconds; what Trunkline's calls wait for where it is absent. */
  readonly timeoutMs?: number;
  /** The application permission that the operation needs. */
  readonly permission: string;
  /** Its usage-plan group; absent where it is not known. */
  readonly group?: LimitGroup;
}

/** A body that is not in memory. */
export interface PlatformBody {
  readonly contentType: string;
  readonly bytes: number;
  /** From its beginning; it is asked again where the request is repeated. */
  read(): AsyncIterable<Uint8Array>;
}

/** What came back, body read. */
export interface PlatformAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

// The calls of Trunkline's own answer a few KB; more than this is not an answer to them.
const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * Sends the request with the token in its Authorization header.
 *
 * It never follows a redirect: the token would travel with it.
 *
 * @throws PlatformUnreachable  no answer, or none before the signal, or one over 1 MiB
 */
export async function sendPlatformRequest(
  fetch: Fetch,
  origin: string,
  accessToken: Secret,
  request: PlatformRequest,
  signal: AbortSignal,
): Promise<PlatformAnswer> {
  const url = new URL(request.path, origin);
  for (const [name, values] of Object.entries(request.query ?? {})) for (const value of [values].flat()) url.searchParams.append(name, value);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${accessToken.reveal()}`,
        accept: 'application/json',
        ...(request.json !== undefined && { 'content-type': 'application/json' }),
        ...(request.body && { 'content-type': request.body.contentType, 'content-length': String(request.body.bytes) }),
      },
      ...(request.json !== undefined && { body: JSON.stringify(request.json) }),
      ...(request.body && streamed(request.body)),
      redirect: 'manual',
      signal,
    });
    const text = await readText(response, ANSWER_LIMIT_BYTES);
    if (text === undefined) throw new RangeError(`the answer is longer than ${ANSWER_LIMIT_BYTES} bytes`);
    return { status: response.status, headers: response.headers, text };
  } catch (cause) {
    throw new PlatformUnreachable(origin, cause);
  }
}

// As `fetch` takes it; the types of the platform know neither an iterable nor that its length is known.
function streamed(body: PlatformBody): RequestInit {
  return { body: body.read(), duplex: 'half' } as unknown as RequestInit;
}

/** The answer's JSON object; an empty one where it is something else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  return parseObject(text) ?? {};
}

/**
 * The most specific error code of a platform answer: `errors[0].errorCode`, else the top-level one.
 *
 * @returns `HTTP nnn` where the body has none
 */
export function errorCodeOf(answer: Pick<PlatformAnswer, 'status' | 'text'>): string {
  const body = jsonObject(answer.text);
  const [first] = Array.isArray(body.errors) ? (body.errors as unknown[]) : [];
  const finer = typeof first === 'object' && first !== null ? (first as Record<string, unknown>).errorCode : undefined;
  if (typeof finer === 'string') return finer;
  return typeof body.errorCode === 'string' ? body.errorCode : `HTTP ${answer.status}`;
}

/** @throws PlatformRefused  where the answer is not a success (2xx) */
export function requireSuccess(answer: PlatformAnswer): PlatformAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new PlatformRefused(answer.status, errorCodeOf(answer));
}
