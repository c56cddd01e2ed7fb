import { isJsonObject } from '../wire/json-body.ts';
import type { PathParameters } from '../wire/operation.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import { invalidParameter, notFound, restRefusal } from '../wire/rest-refusal.ts';
import type { DescribedBody, DescribedOperation, DescribedParameter } from './described-operation.ts';
import type { Schemas } from './schemas.ts';

/**
 * Judges a request by the file.
 *
 * @throws Refused  404 CMN-102: an id in the path that can be none; 400 CMN-101: a parameter, or a part of the body, that is
 *                  missing or cannot be what it is; 415 and 400 CMN-103, CMN-104: a body of another type, or that is none
 */
export function checkRequest({ parameters, body }: DescribedOperation, request: PlatformRequest, path: PathParameters, schemas: Schemas): void {
  for (const parameter of parameters) checkParameter(parameter, valuesOf(parameter, request, path), schemas);
  if (body) checkBody(body, request, schemas);
}

/** Every value that was given under the name; an empty one counts as absent. */
function valuesOf({ name, in: place }: DescribedParameter, { query, headers }: PlatformRequest, path: PathParameters): readonly string[] {
  const header = headers[name.toLowerCase()];
  const found = place === 'path' ? [path[name] ?? ''] : place === 'query' ? query.getAll(name) : [header ?? []].flat();
  return found.filter((value) => value !== '');
}

function checkParameter({ name, in: place, required, schema, list }: DescribedParameter, values: readonly string[], schemas: Schemas): void {
  const refused = place === 'path' ? notFound(name) : invalidParameter(name);
  const [value] = values;
  if (value === undefined) {
    if (required) throw refused;
    return;
  }
  // The platform's own words for oneself are no ids, whatever their schema says.
  if (place === 'path' && value === '~') return;
  // Lists are taken in both ways that the documents write them.
  const given = list ? (values.length > 1 ? values : value.split(',')) : value;
  if ((!list && values.length > 1) || schemas.parameterFault(schema, given)) throw refused;
}

function checkBody({ required, schemas: described }: DescribedBody, request: PlatformRequest, schemas: Schemas): void {
  const { mediaType } = request;
  if (request.bytes.length === 0 && !required) return;
  const schema = described.get(mediaType);
  if (!schema) throw restRefusal(415, 'CMN-103', `The content type must be ${[...described.keys()].join(' or ')}`);
  if (request.bytes.length === 0) throw restRefusal(400, 'CMN-103', 'The request body is empty');
  const value = readValue(request);
  if (value === undefined) return;
  const fault = schemas.fault(schema, value, 'request');
  if (fault && fault.at === '' && !isJsonObject(value)) throw restRefusal(400, 'CMN-104', 'The request body is not what is asked for');
  if (fault) throw invalidParameter(fault.at === '' ? 'body' : fault.at);
}

/** @returns nothing for what is no JSON and no form: of an upload only its type is judged */
function readValue(request: PlatformRequest): unknown {
  if (request.mediaType === 'application/x-www-form-urlencoded') return Object.fromEntries(request.form);
  if (!/^application\/(.*\+)?json$/.test(request.mediaType) || request.mediaType.includes('multipart')) return undefined;
  try {
    return JSON.parse(request.body) as unknown;
  } catch {
    throw restRefusal(400, 'CMN-103', 'The request body is not JSON');
  }
}
