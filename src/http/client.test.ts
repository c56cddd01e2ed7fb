import { describe, expect, test } from 'vitest';
import { Secret } from '../domain/secret.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { createManagementClient, overHttp, requestToken } from './client.ts';

const ORIGIN = 'https://gateway.example.com';

describe('a gateway over HTTP', () => {
  test('that does not answer is said to be away, and where', async () => {
    const { send } = gateway(() => Promise.reject(new TypeError('fetch failed')));

    await expect(requestToken(send, 'front-desk')).rejects.toThrow(`No answer from ${ORIGIN}; start the gateway there, or correct TRUNKLINE_URL.`);
  });

  test.each([
    ['a page', 404, '<html>'],
    ['a redirect, which is not followed', 302, ''],
    ['a problem of somebody else', 503, '{"code": "overloaded", "detail": "canary"}'],
  ])('that is none is said to be none: %s', async (_what, status, text) => {
    const { send } = gateway(async () => new Response(text, { status }));

    await expect(createManagementClient(send).show('apps', 'main')).rejects.toThrow(
      `What answers at ${ORIGIN} is not a Trunkline gateway (HTTP ${status}); correct TRUNKLINE_URL.`,
    );
  });

  test('names its errors, which are thrown as they are', async () => {
    const problem = { code: 'app_not_found', detail: 'There is no App "x/y".', errors: [{ field: 'app', message: 'is not there' }] };
    const { send, asked } = gateway(async () => Response.json(problem, { status: 404 }));

    await expect(createManagementClient(send).show('apps', 'x/y')).rejects.toMatchObject({
      code: 'app_not_found',
      message: problem.detail,
      faults: problem.errors,
    });
    expect(asked).toEqual([{ url: `${ORIGIN}/trunkline/api/apps/x%2Fy`, authorization: 'Bearer canary-token', redirect: 'manual' }]);
  });
});

/** A way to a gateway whose answers the test makes. */
function gateway(answer: () => Promise<Response>) {
  const asked: object[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url: String(url), authorization: new Headers(init?.headers).get('authorization'), redirect: init?.redirect });
    return answer();
  };
  return { asked, send: overHttp(fetch, ORIGIN, new Secret('canary-token'), () => new AbortController().signal) };
}
