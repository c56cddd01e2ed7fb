import type { PlatformRequest } from './platform-request.ts';
import { restRefusal } from './rest-refusal.ts';

// RingCentral's deepest bodies have fewer than ten. Whatever checks or copies a value calls itself for each level of it.
const MOST_LEVELS = 100;

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
 * @throws Refused  400 CMN-103: it is none, or deeper than anything the platform takes
 */
export function parseJson(text: string): unknown {
  try {
    return parseShallow(text);
  } catch {
    throw restRefusal(400, 'CMN-103', 'The request body is not JSON');
  }
}

/**
 * Any JSON value of up to a hundred levels.
 *
 * @throws SyntaxError  it is none, or deeper
 */
export function parseShallow(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeep(text)) throw new SyntaxError(`it has more than ${MOST_LEVELS} levels`);
  return value;
}

/** Whether good JSON has too many levels. Its strings are passed over: brackets in them open nothing. */
function isDeep(text: string): boolean {
  let levels = 0;
  let isInString = false;
  for (let index = 0; index < text.length && levels <= MOST_LEVELS; index += 1) {
    const character = text[index];
    if (character === '"') isInString = !isInString;
    else if (isInString) index += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') levels += 1;
    else if (character === '}' || character === ']') levels -= 1;
  }
  return levels > MOST_LEVELS;
}
