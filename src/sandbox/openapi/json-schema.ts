import { isJsonObject, type JsonObject } from '../wire/json-body.ts';

/** Which way a value goes: what is read-only need not be sent, what is write-only does not come back. */
export type Direction = 'request' | 'response';

const KEPT: readonly string[] = [
  'type',
  'enum',
  'const',
  'required',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
];
const FORMATS: ReadonlySet<string> = new Set([
  'byte',
  'date',
  'date-time',
  'double',
  'email',
  'float',
  'int32',
  'int64',
  'ipv4',
  'ipv6',
  'time',
  'uri',
  'uuid',
]);
const LENIENT_FORMATS: Readonly<Record<string, string>> = { 'date-time': 'iso-date-time', time: 'iso-time' };

/**
 * A schema of OpenAPI 3.0 as JSON Schema says the same; 3.1's are JSON Schema already. What only describes is left out.
 *
 * `oneOf` becomes `anyOf`: the alternatives of RingCentral's file name few of their properties as required and forbid no
 * others, so that good values often match two. That there are no further properties is not asked: the file says so of
 * schemas that it then extends by `allOf`.
 *
 * @param refer  gives the name under which a reference is known to the validator
 * @see OpenAPI 3.0.3, "Schema Object"
 */
export function jsonSchemaOf(node: unknown, direction: Direction, refer: (reference: string) => string): JsonObject {
  if (!isJsonObject(node)) return {};
  if (typeof node.$ref === 'string') return { $ref: refer(node.$ref) };
  const below = (part: unknown) => jsonSchemaOf(part, direction, refer);
  const schema = {
    ...Object.fromEntries(KEPT.filter((keyword) => keyword in node).map((keyword) => [keyword, node[keyword]])),
    ...requiredOf(node, direction),
    ...formatOf(node, direction),
    ...patternOf(node),
    ...boundsOf(node),
    ...(isJsonObject(node.properties) && { properties: mapValues(node.properties, below) }),
    ...(isJsonObject(node.additionalProperties) && { additionalProperties: below(node.additionalProperties) }),
    ...(isJsonObject(node.items) && { items: below(node.items) }),
    ...(isJsonObject(node.not) && { not: below(node.not) }),
    ...allOf(node, below, refer),
    ...anyOf(node, below),
  };
  return node.nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function requiredOf({ required, properties }: JsonObject, direction: Direction): JsonObject {
  if (!Array.isArray(required)) return {};
  const absent = direction === 'request' ? 'readOnly' : 'writeOnly';
  const known = isJsonObject(properties) ? properties : {};
  return { required: required.filter((name) => !(isJsonObject(known[name]) && known[name][absent] === true)) };
}

// People write times in more ways than the platform does, and it takes them.
function formatOf({ format }: JsonObject, direction: Direction): JsonObject {
  if (typeof format !== 'string' || !FORMATS.has(format)) return {};
  return { format: (direction === 'request' && LENIENT_FORMATS[format]) || format };
}

// RingCentral's file has one that is no regular expression.
function patternOf({ pattern }: JsonObject): JsonObject {
  if (typeof pattern !== 'string') return {};
  try {
    new RegExp(pattern, 'u');
    return { pattern };
  } catch {
    return {};
  }
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): JsonObject {
  return {
    ...(exclusiveMinimum === true ? { exclusiveMinimum: minimum } : typeof exclusiveMinimum === 'number' && { exclusiveMinimum }),
    ...(exclusiveMaximum === true ? { exclusiveMaximum: maximum } : typeof exclusiveMaximum === 'number' && { exclusiveMaximum }),
  };
}

/** The parts of `allOf`, and what a discriminator says: which alternative a value of this name must match. */
function allOf(node: JsonObject, below: (part: unknown) => JsonObject, refer: (reference: string) => string): JsonObject {
  const parts = Array.isArray(node.allOf) ? node.allOf.map(below) : [];
  const all = [...parts, ...(alternativesOf(node) ? discriminated(node, refer) : [])];
  return all.length > 0 ? { allOf: all } : {};
}

function discriminated({ discriminator }: JsonObject, refer: (reference: string) => string): readonly JsonObject[] {
  if (!isJsonObject(discriminator) || !isJsonObject(discriminator.mapping)) return [];
  const name = String(discriminator.propertyName);
  return Object.entries(discriminator.mapping).flatMap(([value, reference]) =>
    typeof reference === 'string' && reference.startsWith('#/')
      ? [{ if: { not: { type: 'object', properties: { [name]: { const: value } }, required: [name] } }, else: { $ref: refer(reference) } }]
      : [],
  );
}

function anyOf(node: JsonObject, below: (part: unknown) => JsonObject): JsonObject {
  const alternatives = alternativesOf(node);
  return alternatives ? { anyOf: alternatives.map(below) } : {};
}

/** What a value may be instead of one another, if anything. */
export function alternativesOf({ oneOf, anyOf: any }: JsonObject): readonly unknown[] | undefined {
  if (Array.isArray(oneOf) && oneOf.length > 0) return oneOf;
  return Array.isArray(any) && any.length > 0 ? any : undefined;
}

function mapValues(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
