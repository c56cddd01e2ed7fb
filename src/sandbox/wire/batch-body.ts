import { tooMany } from './batch.ts';
import { isJsonObject, type JsonObject, parseJson } from './json-body.ts';
import { readMultipart } from './multipart.ts';
import type { PlatformRequest } from './platform-request.ts';
import { invalidParameter, restRefusal } from './rest-refusal.ts';

/** What is to be done to one of a batch. */
export interface BatchBody {
  /** Absent where the path names it. */
  readonly resourceId?: string;
  readonly body: JsonObject;
}

// RingCentral "Batch requests": as many in a body.
const MOST_IN_BODY = 100;

/**
 * The parts of a batch, each a JSON object.
 *
 * @throws Refused  400: CMN-103, CMN-104 for what is none, CMN-106 for more than a hundred
 */
export async function readPartBodies(request: PlatformRequest): Promise<readonly BatchBody[]> {
  const parts = await readMultipart(request);
  if (parts.length > MOST_IN_BODY) throw tooMany();
  return parts.map(({ bytes }) => ({ body: objectOf(parseJson(bytes.toString('utf8'))) }));
}

/**
 * The entries of a batch in JSON.
 *
 * @throws Refused  400: CMN-101, CMN-103, CMN-104, CMN-106
 */
export function readJsonBodies(request: PlatformRequest): readonly BatchBody[] {
  return readArray(request).map((entry) => {
    const { resourceId, body } = objectOf(entry);
    const hasId = resourceId !== undefined && resourceId !== null;
    return { ...(hasId && { resourceId: idOf(resourceId, 'resourceId') }), body: objectOf(body) };
  });
}

/**
 * The ids that stand in the body.
 *
 * @throws Refused  400: CMN-101, CMN-103, CMN-104, CMN-106
 */
export function readBodyIds(request: PlatformRequest): readonly string[] {
  return readArray(request).map((id) => idOf(id, 'id'));
}

function readArray(request: PlatformRequest): readonly unknown[] {
  const entries = parseJson(request.body);
  if (!Array.isArray(entries) || entries.length === 0) throw restRefusal(400, 'CMN-104', 'The request body is not a JSON array');
  if (entries.length > MOST_IN_BODY) throw tooMany();
  return entries as readonly unknown[];
}

function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw restRefusal(400, 'CMN-104', 'An entry of the batch is not a JSON object');
  return value;
}

function idOf(value: unknown, name: string): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw invalidParameter(name);
  return String(value);
}
