import type { PlatformRequest } from './platform-request.ts';
import { restRefusal } from './rest-refusal.ts';

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The body, which must be a JSON object.
 *
 * @throws Refused  415: not declared as JSON; 400 CMN-103: no JSON; 400 CMN-104: JSON, but no object
 */
export function readJsonObject(request: PlatformRequest): JsonObject {
  if (request.mediaType !== 'application/json') throw restRefusal(415, 'CMN-103', 'The content type must be application/json');
  const body = parseJson(request.body);
  if (!isJsonObject(body)) throw restRefusal(400, 'CMN-104', 'The request body is not a JSON object');
  return body;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Any JSON value.
 *
 * @throws Refused  400 CMN-103: it is none
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw restRefusal(400, 'CMN-103', 'The request body is not JSON');
  }
}
