import { describedOperations } from '../../src/sandbox/openapi/described-operation.ts';
import type { OpenApiDocument } from '../../src/sandbox/openapi/document.ts';
import { Examples } from '../../src/sandbox/openapi/example.ts';
import type { Schemas } from '../../src/sandbox/openapi/schemas.ts';

const ORIGIN = 'http://127.0.0.1:8090';
const REQUEST = {
  origin: ORIGIN,
  uri: `${ORIGIN}/restapi/v1.0/thing/77`,
  now: Date.parse('2026-11-21T12:00:00Z'),
  parameters: { accountId: '1', extensionId: '2' },
  ownId: '77',
};

/** What is wrong with the examples of a file's operations: none where all are true to their schemas. */
export function exampleFaults(document: OpenApiDocument, schemas: Schemas): readonly string[] {
  const examples = new Examples(document, schemas);
  return describedOperations(document).flatMap(({ method, path, success: { content } }) => {
    if (!content?.mediaType.endsWith('json')) return [];
    const fault = schemas.fault(content.schema, examples.make(content.schema, content.examples, REQUEST), 'response');
    return fault ? [`${method} ${path}: ${fault.at} ${fault.message}`] : [];
  });
}
