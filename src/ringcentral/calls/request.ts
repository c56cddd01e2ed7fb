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
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** The application permission that the operation needs. */
  readonly permission: string;
  /** Its usage-plan group; absent where it is not known. */
  readonly group?: LimitGroup;
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
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${accessToken.reveal()}`,
        accept: 'application/json',
        ...(request.json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(request.json !== undefined && { body: JSON.stringify(request.json) }),
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
