import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { readJsonObject } from './json-body.ts';
import type { PlatformRequest } from './platform-request.ts';
import { invalidParameter } from './rest-refusal.ts';

/**
 * The body, checked against what the platform takes. A field that is null counts as absent, and one that the platform
 * does not know is passed over.
 *
 * @throws Refused  415 and 400 as `readJsonObject`; 400 CMN-101 names the first field that is wrong
 */
export function readChecked<Schema extends TSchema>(request: PlatformRequest, schema: Schema): Static<Schema> {
  const body = withoutNulls(readJsonObject(request));
  const [error] = Value.Errors(schema, body);
  if (error) throw invalidParameter(nameOf(error));
  return Value.Clean(schema, body) as Static<Schema>;
}

function nameOf(error: ReturnType<typeof Value.Errors>[number]): string {
  const path = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') path.push(...error.params.requiredProperties.slice(0, 1));
  // As the platform writes it: contact.email, records[0].phoneNumber.
  return path.join('.').replace(/\.(\d+)(?=\.|$)/g, '[$1]') || 'body';
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, part]) => (part === null ? [] : [[name, withoutNulls(part)]])));
}
