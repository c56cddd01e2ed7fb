import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inside } from '../../../test/sandbox-inside.ts';
import { answerPlatform } from '../platform.ts';
import { PlatformRequest } from '../wire/platform-request.ts';
import { OPERATIONS } from './index.ts';

// Names that some operation reads, so that the values are looked at.
const NAMES = [
  'page',
  'perPage',
  'dateFrom',
  'dateTo',
  'view',
  'type',
  'status',
  'syncType',
  'syncToken',
  'npa',
  'line',
  'startsWith',
  'phoneNumber',
  'sessionId',
];
const FIELDS = [
  'contact',
  'records',
  'phoneNumber',
  'schedule',
  'weeklyRanges',
  'byFeature',
  'to',
  'from',
  'email',
  'birthday',
  'mainNumber',
  'operator',
  'id',
];
const SEGMENTS = ['~', '0', '-1', '..', '%00', '%2e%2e', '1,2,3', ',', '__proto__', 'constructor', '29874662828', '403141004', '9'.repeat(400)];

const value = fc.oneof(fc.string(), fc.constantFrom('max', '-1', '1e9', '2026-13-45', 'ISync', '\u0000', '../../etc', '"'), fc.integer().map(String));
const query = fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 4 });
const jsonBody = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue()))),
);
const body = fc.oneof(
  jsonBody.map((json) => JSON.stringify(json)),
  fc.string(),
);

describe('whatever is asked', () => {
  test.each(OPERATIONS.filter(({ access }) => access !== 'public').map((operation) => [operation.method, operation.path] as const))(
    '%s %s answers, and never with a 500',
    async (method, path) => {
      const { as, world } = inside();
      const ask = as({ kind: 'user', ownerId: '1110475004' });
      await ask('GET', '/restapi/v1.0/account/~');
      const token = world.sessions.listLive()[0]?.current.accessToken ?? '';

      await fc.assert(
        fc.asyncProperty(
          query,
          body,
          fc.array(fc.constantFrom(...SEGMENTS), { minLength: 3, maxLength: 3 }),
          fc.boolean(),
          async (asked, text, segments, isJson) => {
            const filled = segments.reduce((filling, segment) => filling.replace(/\{(?!accountId)[^}]+\}/, segment), path.replace('{accountId}', '~'));
            const headers = { authorization: `Bearer ${token}`, 'content-type': isJson ? 'application/json' : 'multipart/form-data; boundary=b' };
            const request = { method, path: filled, query: new URLSearchParams(asked).toString(), headers };

            const { status, body: answered } = await answerPlatform(world, new PlatformRequest(request, Buffer.from(text)));

            expect(status).toBeLessThan(500);
            expect(String(answered)).not.toMatch(/\bat .+\.ts:\d+/);
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});
