import { describe, expect, test } from 'vitest';
import { Schemas } from '../../src/sandbox/openapi/schemas.ts';
import { OPERATIONS } from '../../src/sandbox/operations/index.ts';
import { exampleFaults } from './example-faults.ts';
import { DescribedAnswers, findOpenApiFile } from './openapi-file.ts';
import { NOT_SAMPLED, SAMPLES } from './samples/index.ts';
import { sampleWorld } from './samples/sample.ts';

const MODELLED = OPERATIONS.map(({ method, path }) => `${method} ${path}`);

// Where RingCentral's file is wrong, or the sandbox knowingly goes with other documents: operation, and status or place in
// the answer.
const KNOWN_DEFECTS: ReadonlySet<string> = new Set([
  // The file says that several contacts may be asked for at once, and leaves out the 207 that "Batch requests" has for it.
  'GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/address-book/contact/{contactId} 207',
]);

// What the sandbox has from other documents than the file, each with its source.
const NOT_DESCRIBED: Readonly<Record<string, string>> = {
  'POST /restapi/v1.0/number-pool/lookup': 'RingCentral OAuth 2.0 (2016), and the old API: how a partner finds a number',
  'POST /restapi/v1.0/number-pool/reserve': 'the same: how a partner keeps it',
  'POST /restapi/v1.0/account': 'RingCentral OAuth 2.0 (2016), "Client Credentials Authorization Flow": what a signup session is for',
  'GET /restapi/v1.0/client-info': "RingCentral's JavaScript SDK asks it; the old API's definitions have it",
  'GET /.well-known/entry-points/initial': "the tests of RingCentral's JavaScript SDK",
  'GET /.well-known/entry-points/external': "the tests of RingCentral's JavaScript SDK",
};

test('every operation of the sandbox has a sample request, or a reason why not', () => {
  expect(Object.keys({ ...SAMPLES, ...NOT_SAMPLED }).sort()).toEqual([...MODELLED].sort());
});

test.each(Object.entries(SAMPLES))('%s answers its samples well', async (_operation, samples) => {
  for (const sample of samples) {
    const { status, text } = await sample(await sampleWorld());
    expect([status, text]).toEqual([expect.toSatisfy((code: number) => code >= 200 && code < 300), text]);
  }
});

const file = findOpenApiFile();
if (file === undefined) {
  console.info("RingCentral's OpenAPI file is not beside the project: no answer is compared with it. TRUNKLINE_TEST_OPENAPI names one.");
} else {
  const answers = new DescribedAnswers(file);
  const schemas = new Schemas(answers.document);

  describe("RingCentral's OpenAPI file", () => {
    test.each(Object.entries(SAMPLES).filter(([operation]) => answers.has(operation)))('%s answers as it is described', async (operation, samples) => {
      for (const sample of samples) {
        const { status, headers, text } = await sample(await sampleWorld());
        if (KNOWN_DEFECTS.has(`${operation} ${status}`)) continue;
        const described = answers.answer(operation, status);
        const isJson = headers['content-type']?.startsWith('application/json') ?? false;
        const body: unknown = isJson ? JSON.parse(text) : undefined;
        const fault = described?.schema && isJson ? schemas.fault(described.schema, body, 'response') : undefined;
        const known = fault && KNOWN_DEFECTS.has(`${operation} ${fault.at}`);

        expect(described, `it describes no ${status}`).toBeDefined();
        expect(known ? undefined : fault, text).toBeUndefined();
        if (described?.schema) expect(isJson, text).toBe(true);
        else expect(isJson, text).toBe(false);
      }
    });

    test('what the sandbox models beyond it is known', () => {
      expect(MODELLED.filter((operation) => !answers.has(operation) && !(operation in NOT_DESCRIBED))).toEqual([]);
    });

    test('each operation counts in the group that it names, and asks for the permissions that it names', () => {
      const differing = OPERATIONS.flatMap((operation) => {
        const described = answers.guards(`${operation.method} ${operation.path}`);
        const own = operation.access === 'public' ? ['NoThrottling'] : [operation.group, operation.permission, operation.userPermission];
        const wanted = described?.slice(0, own.length);
        return described === undefined || own.every((guard, index) => guard === wanted?.[index]) ? [] : [[operation.method, operation.path, own, described]];
      });

      expect(differing).toEqual([]);
    });

    // With everything that the file has besides, the sandbox answers each request, and truly.
    test('every operation that it describes is answered by example with a value that is true to its schema', () => {
      expect(exampleFaults(answers.document, schemas)).toEqual([]);
    });
  });
}
