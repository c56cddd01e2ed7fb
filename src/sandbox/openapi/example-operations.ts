import type { Log } from '../../runtime/log.ts';
import type { Operation } from '../wire/operation.ts';
import { describedOperations } from './described-operation.ts';
import { readOpenApiFile } from './document.ts';
import { Examples } from './example.ts';
import { exampleOperation } from './example-operation.ts';
import { Schemas } from './schemas.ts';

const SHOWN_DEFECTS = 3;

/**
 * Everything that an OpenAPI file describes, as operations that answer by example.
 *
 * @throws OpenApiFileUnusable  it cannot be read, or is not OpenAPI 3
 */
export function exampleOperations(file: string, log: Log): readonly Operation[] {
  const document = readOpenApiFile(file);
  const broken = document.brokenReferences();
  if (broken.length > 0) {
    log.warn('sandbox.openapi_references', {
      file,
      count: broken.length,
      first: broken.slice(0, SHOWN_DEFECTS),
      note: 'they lead nowhere; anything is taken there',
    });
  }
  const schemas = new Schemas(document);
  const examples = new Examples(document, schemas);
  return describedOperations(document).map((described) => exampleOperation(described, schemas, examples));
}
