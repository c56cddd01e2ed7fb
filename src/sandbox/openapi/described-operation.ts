import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import type { Operation } from '../wire/operation.ts';
import { alternativesOf } from '../wire/permission.ts';
import type { OpenApiDocument } from './document.ts';
import { correctedParameter } from './known-defects.ts';

/** A request as the OpenAPI file describes it. */
export interface DescribedOperation {
  readonly method: Operation['method'];
  readonly path: string;
  /** Whether it is asked without a token. */
  readonly isPublic: boolean;
  readonly group: DescribedGroup;
  /** The application permission that is needed, `A OR B` where either will do; absent where none is. */
  readonly permission?: string;
  /** The same of the user's. */
  readonly userPermission?: string;
  readonly parameters: readonly DescribedParameter[];
  readonly body: DescribedBody | undefined;
  readonly success: DescribedSuccess;
}

type DescribedGroup = 'Light' | 'Medium' | 'Heavy' | 'Auth' | 'NoThrottling';

/** A parameter of the path, the query or a header. */
export interface DescribedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonObject;
  /** How the items of a list are written: each with the name, or after one another. */
  readonly list: 'repeated' | 'commas' | undefined;
}

/** What a request carries. */
export interface DescribedBody {
  readonly required: boolean;
  /** By media type, in lower case. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
}

/** What a request is answered with when all went well. */
export interface DescribedSuccess {
  readonly status: number;
  /** Absent where there is no body. */
  readonly content?: { readonly mediaType: string; readonly schema: JsonObject; readonly examples: readonly unknown[] };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const GROUPS: readonly string[] = ['Light', 'Medium', 'Heavy', 'Auth', 'NoThrottling'] satisfies DescribedGroup[];
const PLACES: readonly unknown[] = ['path', 'query', 'header'];
// OpenAPI 3.0.3, "Parameter Object": such headers are not described there.
const NO_PARAMETERS: readonly string[] = ['accept', 'authorization', 'content-type'];

/** Every request that the file describes, in its order. */
export function describedOperations(document: OpenApiDocument): readonly DescribedOperation[] {
  return Object.entries(document.root.paths as JsonObject).flatMap(([path, node]) => {
    const item = document.resolve(node);
    return METHODS.filter((method) => isJsonObject(item[method])).map((method) => describe(document, path, item, method));
  });
}

function describe(document: OpenApiDocument, path: string, item: JsonObject, method: (typeof METHODS)[number]): DescribedOperation {
  const operation = document.resolve(item[method]);
  const group = String(operation['x-throttling-group']);
  return {
    method: method.toUpperCase() as DescribedOperation['method'],
    path,
    isPublic: group === 'NoThrottling' || needsNoToken(operation.security ?? document.root.security),
    group: GROUPS.includes(group) ? (group as DescribedGroup) : 'Light',
    ...named('permission', operation['x-app-permission']),
    ...named('userPermission', operation['x-user-permission']),
    parameters: parametersOf(document, path, item, operation),
    body: bodyOf(document, operation),
    success: successOf(document, operation),
  };
}

// Every operation of RingCentral's without a throttling group is asked without a token, though the file demands one everywhere.
function needsNoToken(security: unknown): boolean {
  return (
    !Array.isArray(security) || security.length === 0 || security.some((requirement) => isJsonObject(requirement) && Object.keys(requirement).length === 0)
  );
}

function named<Guard extends 'permission' | 'userPermission'>(guard: Guard, permission: unknown): Pick<DescribedOperation, Guard> {
  const alternatives = typeof permission === 'string' ? alternativesOf(permission) : [];
  return (alternatives.length > 0 ? { [guard]: alternatives.join(' OR ') } : {}) as Pick<DescribedOperation, Guard>;
}

function parametersOf(document: OpenApiDocument, path: string, item: JsonObject, operation: JsonObject): readonly DescribedParameter[] {
  const found = new Map<string, DescribedParameter>();
  for (const node of [...listOf(item.parameters), ...listOf(operation.parameters)]) {
    const parameter = readParameter(document, document.resolve(node));
    const isMeant = parameter && (parameter.in !== 'path' || path.includes(`{${parameter.name}}`));
    if (isMeant) found.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  return [...found.values()];
}

function readParameter(document: OpenApiDocument, node: JsonObject): DescribedParameter | undefined {
  const { name, in: place } = node;
  if (typeof name !== 'string' || !PLACES.includes(place)) return undefined;
  if (place === 'header' && NO_PARAMETERS.includes(name.toLowerCase())) return undefined;
  const schema = correctedParameter(name, isJsonObject(node.schema) ? node.schema : {});
  const isList = document.resolve(schema).type === 'array';
  // OpenAPI 3.0.3, "Style Values": a query repeats the name unless told otherwise, all else puts commas.
  const list = place === 'query' && node.explode !== false ? 'repeated' : 'commas';
  return { name, in: place as DescribedParameter['in'], required: node.required === true || place === 'path', schema, list: isList ? list : undefined };
}

function bodyOf(document: OpenApiDocument, { requestBody }: JsonObject): DescribedBody | undefined {
  const body = document.resolve(requestBody);
  if (!isJsonObject(body.content)) return undefined;
  const schemas = Object.entries(body.content).map(([type, media]) => [type.toLowerCase(), schemaOf(document.resolve(media))] as const);
  return { required: body.required === true, schemas: new Map(schemas) };
}

/** The lowest 2xx that is described, else the lowest 3xx; of its media types JSON if it may be. */
function successOf(document: OpenApiDocument, { responses }: JsonObject): DescribedSuccess {
  const answers = isJsonObject(responses) ? responses : {};
  const [status = '200'] = Object.keys(answers)
    .filter((code) => /^[23]\d\d$/.test(code))
    .sort();
  const { content } = document.resolve(answers[status]);
  const types = isJsonObject(content) ? Object.keys(content) : [];
  const mediaType = types.find((type) => type === 'application/json') ?? types[0];
  if (!isJsonObject(content) || mediaType === undefined) return { status: Number(status) };
  const media = document.resolve(content[mediaType]);
  return { status: Number(status), content: { mediaType, schema: schemaOf(media), examples: examplesOf(document, media) } };
}

function examplesOf(document: OpenApiDocument, media: JsonObject): readonly unknown[] {
  const named = isJsonObject(media.examples) ? Object.values(media.examples).map((example) => document.resolve(example).value) : [];
  return [media.example, ...named].filter((example) => example !== undefined);
}

function schemaOf(media: JsonObject): JsonObject {
  return isJsonObject(media.schema) ? media.schema : {};
}

function listOf(node: unknown): readonly unknown[] {
  return Array.isArray(node) ? node : [];
}
