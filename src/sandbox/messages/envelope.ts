import { isJsonObject, type JsonObject, parseJson, readJsonObject } from '../wire/json-body.ts';
import { isMultipart, type Part, readMultipart } from '../wire/multipart.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import { restRefusal } from '../wire/rest-refusal.ts';

/** What is asked for, and the files that come with it in their order. */
export interface Envelope {
  readonly body: JsonObject;
  readonly files: readonly Part[];
}

const FIELDS: ReadonlySet<string> = new Set(['from', 'text', 'country', 'faxResolution', 'sendTime', 'isoCode', 'coverIndex', 'coverPageText']);
const TO_FIELD = /^to(?:\[\d*\])?(?:\.(phoneNumber|name))?$/;

/**
 * Reads a message that is sent in parts: one of JSON, or form fields, and the files.
 *
 * A form field of several values is repeated; each may be a bare number or JSON, and a recipient may be spelled
 * `to[0].phoneNumber`, `to[0].name`.
 *
 * @throws Refused  400 CMN-103: not multipart or not JSON; 400 CMN-104: the JSON part is no object
 * @see RingCentral "Sending faxes"; the names of the parts as its SDKs write them
 */
export async function readMultipartEnvelope(request: PlatformRequest): Promise<Envelope> {
  const parts = await readMultipart(request);
  const json = parts.find(({ mediaType }) => mediaType === 'application/json');
  if (!json) return { body: fieldsOf(parts.filter(isField)), files: parts.filter((part) => !isField(part)) };
  const body = parseJson(json.bytes.toString('utf8'));
  if (!isJsonObject(body)) throw restRefusal(400, 'CMN-104', 'The JSON part is not an object');
  return { body, files: parts.filter((part) => part !== json) };
}

/** The same of a message that may also be JSON alone. */
export function readEnvelope(request: PlatformRequest): Envelope | Promise<Envelope> {
  return isMultipart(request) ? readMultipartEnvelope(request) : { body: readJsonObject(request), files: [] };
}

// Some clients send a field with an empty name of a file.
function isField({ name, fileName }: Part): boolean {
  return !fileName && name !== undefined && (FIELDS.has(name) || TO_FIELD.test(name));
}

function fieldsOf(parts: readonly Part[]): JsonObject {
  const to: unknown[] = [];
  const body: Record<string, unknown> = {};
  for (const { name = '', bytes } of parts) {
    const text = bytes.toString('utf8');
    const [isTo, property] = TO_FIELD.exec(name) ?? [];
    if (isTo === undefined) {
      if (text !== '') body[name] = name === 'from' || name === 'country' ? fieldValueOf(text) : text;
    } else if (property === 'name') nameLast(to, text);
    else to.push(...[fieldValueOf(text)].flat());
  }
  return { ...body, ...(to.length > 0 && { to }) };
}

function nameLast(to: unknown[], name: string): void {
  const last = to.pop();
  to.push(isJsonObject(last) ? { ...last, name } : { name });
}

function fieldValueOf(text: string): unknown {
  return /^\s*[[{]/.test(text) ? parseJson(text) : { phoneNumber: text };
}
