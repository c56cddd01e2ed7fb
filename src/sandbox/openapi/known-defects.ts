import { isJsonObject, type JsonObject } from '../wire/json-body.ts';

/**
 * A parameter's schema, without what RingCentral's file says wrongly of it: a subscription's id is a UUID of 36 characters,
 * not of 20 at most; and a page that is too long is cut, not refused, as its own description has it.
 */
export function correctedParameter(name: string, schema: JsonObject): JsonObject {
  if (name === 'subscriptionId') return without(schema, 'maxLength');
  if (name !== 'perPage') return schema;
  const alternatives = Array.isArray(schema.oneOf) ? { oneOf: schema.oneOf.map((one) => (isJsonObject(one) ? without(one, 'maximum') : one)) } : {};
  return { ...without(schema, 'maximum'), ...alternatives };
}

function without(schema: JsonObject, keyword: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
}
