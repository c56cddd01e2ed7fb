import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonObject } from '../wire/json-body.ts';
import type { OpenApiDocument } from './document.ts';
import { type Direction, jsonSchemaOf } from './json-schema.ts';

/** What is wrong with a value, and where: `to[0].phoneNumber`; '' is the value itself. */
export interface SchemaFault {
  readonly at: string;
  readonly message: string;
}

/**
 * Judges values by the schemas of an OpenAPI file. Each schema is compiled when it is first needed, with those that it
 * refers to: all of RingCentral's together would take seconds.
 */
export class Schemas {
  readonly #judges: Readonly<Record<Direction | 'parameter', Judge>>;

  constructor(document: OpenApiDocument) {
    this.#judges = {
      request: new Judge(document, 'request', false),
      response: new Judge(document, 'response', false),
      parameter: new Judge(document, 'request', true),
    };
  }

  /** @returns what is wrong, or nothing */
  fault(schema: JsonObject, value: unknown, direction: Direction): SchemaFault | undefined {
    return this.#judges[direction].fault(schema, value);
  }

  /** @param value  a text as it stood in a query or path, or a list of them: it is read as what it should be */
  parameterFault(schema: JsonObject, value: string | readonly string[]): SchemaFault | undefined {
    return this.#judges.parameter.fault(schema, value);
  }
}

class Judge {
  readonly #document: OpenApiDocument;
  readonly #direction: Direction;
  readonly #ajv: Ajv;
  readonly #compiled = new WeakMap<JsonObject, ValidateFunction>();
  readonly #names = new Map<string, string>();

  constructor(document: OpenApiDocument, direction: Direction, coerceTypes: boolean) {
    this.#document = document;
    this.#direction = direction;
    this.#ajv = new Ajv({ strict: false, validateSchema: false, addUsedSchema: false, coerceTypes, logger: false });
    addFormats.default(this.#ajv);
  }

  fault(schema: JsonObject, value: unknown): SchemaFault | undefined {
    let validate = this.#compiled.get(schema);
    if (!validate) {
      validate = this.#ajv.compile({ type: 'object', properties: { value: this.#convert(schema) } });
      this.#compiled.set(schema, validate);
    }
    // In an object of its own, so that a plain value can be read as a number.
    if (validate({ value })) return undefined;
    const [error] = validate.errors ?? [];
    return { at: error ? placeOf(error) : '', message: error?.message ?? 'is wrong' };
  }

  #convert(schema: JsonObject): JsonObject {
    return jsonSchemaOf(schema, this.#direction, (reference) => this.#nameOf(reference));
  }

  #nameOf(reference: string): string {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const name = `schema-${this.#names.size}`;
    // Known before it is converted, because it may refer to itself.
    this.#names.set(reference, name);
    this.#ajv.addSchema(this.#convert(this.#document.resolve({ $ref: reference })), name);
    return name;
  }
}

function placeOf({ instancePath, keyword, params }: ErrorObject): string {
  const names = instancePath.split('/').slice(2);
  if (keyword === 'required') names.push(String(params.missingProperty));
  if (keyword === 'additionalProperties') names.push(String(params.additionalProperty));
  return names.reduce((path, name) => (/^\d+$/.test(name) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`), '');
}
