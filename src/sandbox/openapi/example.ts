import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import type { OpenApiDocument } from './document.ts';
import { alternativesOf } from './json-schema.ts';
import type { Schemas } from './schemas.ts';

/** What an example is made for. */
export interface ExampleRequest {
  /** Where the sandbox answers. */
  readonly origin: string;
  /** Of what is asked for, without its query. */
  readonly uri: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What stood in the path, by the file's names; `~` replaced by whom it means. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameter with which the path ends, if it does: the thing itself is asked for. */
  readonly ownId: string | undefined;
}

// RingCentral's deepest answers have five levels of objects that matter; below, only what must be there is made.
const FULL_DEPTH = 5;
// No schema of RingCentral's needs as many, unless it contains itself.
const DEEPEST = 24;
// RingCentral's longest example has some hundreds. Schemas that contain themselves twice would never end.
const MOST_VALUES = 10_000;
const LONGEST_TEXT = 1_000;
const PLATFORM_ORIGINS = /^https:\/\/(platform|media)\.(devtest\.)?ringcentral\.com(?=\/|$)/;

/** Makes values that are true to their schemas: from the file's own examples where they are, else from the schemas. */
export class Examples {
  readonly #document: OpenApiDocument;
  readonly #schemas: Schemas;
  /** By the schema as the file has it. */
  readonly #mergedSchemas = new WeakMap<JsonObject, JsonObject>();
  /** Whether an example of the file's is true to its schema. */
  readonly #trueExamples = new WeakMap<JsonObject, boolean>();
  /** How many values the example that is being made may still have. */
  #valuesLeft = 0;

  constructor(document: OpenApiDocument, schemas: Schemas) {
    this.#document = document;
    this.#schemas = schemas;
  }

  /** @param given  the examples that the file has of the whole; the first that is true is taken */
  make(schema: JsonObject, given: readonly unknown[], request: ExampleRequest): unknown {
    const whole = given.find((example) => !this.#schemas.fault(schema, example, 'response'));
    this.#valuesLeft = MOST_VALUES;
    return whole === undefined ? this.#value(schema, request, '', '', 0) : linkedHere(whole, request);
  }

  /** @param name  of the property; '' at the top, and of a list's items; @param parent  of the object's own */
  #value(node: unknown, request: ExampleRequest, name: string, parent: string, depth: number): unknown {
    if (this.#valuesLeft <= 0) return null;
    this.#valuesLeft -= 1;
    const schema = this.#merged(node, depth);
    const echoed = this.#echo(schema, request, name, parent, depth);
    if (echoed !== undefined) return echoed;
    const isComposed = isJsonObject(schema.properties) || schema.type === 'array';
    if (!isComposed && this.#hasTrueExample(schema)) return linkedHere(schema.example, request);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return schema.enum.find((value) => value !== null) ?? null;
    const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
    if (type === 'array') return this.#list(schema, request, name, depth);
    if (type === 'object' || isJsonObject(schema.properties)) return this.#object(schema, request, name, depth);
    if (type === 'boolean') return true;
    if (type === 'integer' || type === 'number') return numberFor(schema);
    return type === 'string' ? this.#text(schema, request) : {};
  }

  #object(schema: JsonObject, request: ExampleRequest, name: string, depth: number): JsonObject {
    const required = new Set(Array.isArray(schema.required) ? (schema.required as readonly string[]) : []);
    const made: Record<string, unknown> = {};
    for (const [property, node] of Object.entries(isJsonObject(schema.properties) ? schema.properties : {})) {
      const { writeOnly, deprecated } = this.#document.resolve(node);
      const isWanted = depth < FULL_DEPTH && writeOnly !== true && deprecated !== true;
      if (depth < DEEPEST && (required.has(property) || isWanted)) made[property] = this.#value(node, request, property, name, depth + 1);
    }
    for (const property of required) if (!(property in made) && depth < DEEPEST) made[property] = '';
    return made;
  }

  #list(schema: JsonObject, request: ExampleRequest, name: string, depth: number): readonly unknown[] {
    const least = typeof schema.minItems === 'number' ? schema.minItems : 0;
    if (depth >= FULL_DEPTH && least === 0) return [];
    if (this.#hasTrueExample(schema)) return linkedHere(schema.example, request) as readonly unknown[];
    const { enum: choices } = this.#document.resolve(schema.items);
    if (least > 1 && Array.isArray(choices)) return choices.slice(0, least);
    return Array.from({ length: Math.max(Math.min(least, this.#valuesLeft), 1) }, () => this.#value(schema.items, request, '', name, depth + 1));
  }

  #text(schema: JsonObject, { origin, now }: ExampleRequest): string {
    const formatted = TEXTS[String(schema.format)]?.({ origin, now });
    const text = [formatted, ...PLAIN_TEXTS].find((candidate) => candidate !== undefined && !this.#schemas.fault(schema, candidate, 'response'));
    return text ?? 'x'.repeat(typeof schema.minLength === 'number' ? Math.min(schema.minLength, LONGEST_TEXT) : 1);
  }

  /** What the request itself says of the value: the ids in its path, and where the thing is. */
  #echo(schema: JsonObject, request: ExampleRequest, name: string, parent: string, depth: number): unknown {
    if (depth === 1 && name === 'uri') return request.uri;
    const said = name === 'id' ? (depth === 1 ? request.ownId : request.parameters[`${parent}Id`]) : request.parameters[name];
    if (said === undefined || schema.type === 'array' || schema.type === 'object') return undefined;
    const number = /^\d{1,15}$/.test(said) ? [Number(said)] : [];
    return [said, ...number].find((value) => !this.#schemas.fault(schema, value, 'response'));
  }

  #hasTrueExample(schema: JsonObject): boolean {
    if (!('example' in schema)) return false;
    const known = this.#trueExamples.get(schema);
    if (known !== undefined) return known;
    const isTrue = !this.#schemas.fault(schema, schema.example, 'response');
    this.#trueExamples.set(schema, isTrue);
    return isTrue;
  }

  /** One schema in place of those that `allOf` joins, and of the first of those that may be chosen. */
  #merged(node: unknown, depth: number): JsonObject {
    const schema = this.#document.resolve(node);
    if (!Array.isArray(schema.allOf) && !alternativesOf(schema)) return schema;
    const known = this.#mergedSchemas.get(schema);
    if (known) return known;
    const { allOf, oneOf, anyOf, ...own } = schema;
    const [chosen] = alternativesOf(schema) ?? [];
    const parts = [...(Array.isArray(allOf) ? allOf : []), ...(chosen === undefined ? [] : [chosen])];
    const merged =
      depth > DEEPEST ? own : parts.map((part) => this.#merged(part, depth + 1)).reduce<JsonObject>(joined, { ...own, ...discriminatedAs(schema, chosen) });
    this.#mergedSchemas.set(schema, merged);
    return merged;
  }
}

function joined(one: JsonObject, other: JsonObject): JsonObject {
  const { example, ...more } = other;
  const required = [one.required, other.required].flatMap((names) => (Array.isArray(names) ? names : []));
  const properties = { ...(isJsonObject(other.properties) && other.properties), ...(isJsonObject(one.properties) && one.properties) };
  return {
    ...more,
    ...('example' in one || isJsonObject(one.properties) ? {} : 'example' in other && { example }),
    ...one,
    ...(required.length > 0 && { required: [...new Set(required)] }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

/** The alternative that was chosen says so itself. */
function discriminatedAs({ discriminator }: JsonObject, chosen: unknown): JsonObject {
  if (!isJsonObject(discriminator) || !isJsonObject(discriminator.mapping) || !isJsonObject(chosen)) return {};
  const [value] = Object.entries(discriminator.mapping).find(([, reference]) => reference === chosen.$ref) ?? [];
  return value === undefined ? {} : { properties: { [String(discriminator.propertyName)]: { const: value } } };
}

const TEXTS: Readonly<Record<string, (request: Pick<ExampleRequest, 'origin' | 'now'>) => string>> = {
  'date-time': ({ now }) => new Date(now).toISOString(),
  date: ({ now }) => new Date(now).toISOString().slice(0, 10),
  time: () => '09:00:00Z',
  email: () => 'someone@example.com',
  ipv4: () => '192.0.2.1',
  ipv6: () => '2001:db8::1',
  uri: ({ origin }) => `${origin}/restapi/v1.0`,
  uuid: () => '3f2c1e0a-5b4d-4c6e-8f70-9a8b7c6d5e4f',
};
// For schemas with a pattern: what RingCentral's patterns ask for is one of these.
const PLAIN_TEXTS = ['example', '101', '2', '+16505550100', '2026-01-01T00:00:00Z', 'Center', 'Left', 'Cover', 'a text that is long enough for all'];

function numberFor({ minimum, maximum, exclusiveMinimum, multipleOf }: JsonObject): number {
  const least = typeof minimum === 'number' ? minimum + (exclusiveMinimum === true ? 1 : 0) : typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : 1;
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : undefined;
  const wanted = step ? Math.ceil(least / step) * step : least;
  return typeof maximum === 'number' ? Math.min(wanted, maximum) : wanted;
}

/** A value whose links to the platform lead to the sandbox. */
function linkedHere(value: unknown, { origin }: Pick<ExampleRequest, 'origin'>): unknown {
  if (typeof value === 'string') return value.replace(PLATFORM_ORIGINS, origin);
  if (Array.isArray(value)) return value.map((item) => linkedHere(item, { origin }));
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, linkedHere(part, { origin })])) : value;
}
