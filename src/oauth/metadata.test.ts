import { describe, expect, test } from 'vitest';
import { readPromisedIssuer } from './metadata.ts';

const ORIGIN = 'https://platform.example.com';
const PROMISE = { issuer: ORIGIN, authorization_response_iss_parameter_supported: true };

function asking(body: unknown, status = 200, platformOrigin = ORIGIN) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readPromisedIssuer({ platformOrigin }, { fetch: async () => new Response(text, { status }), signal: new AbortController().signal });
}

describe('readPromisedIssuer', () => {
  test('5: metadata that promise an issuer make it expected', async () => {
    expect(await asking(PROMISE)).toBe(ORIGIN);
  });

  test.each([
    ['of another issuer', { ...PROMISE, issuer: 'https://platform.example.com.evil.example' }],
    ['of the same issuer, written otherwise', { ...PROMISE, issuer: `${ORIGIN}/` }],
    ['that promise nothing', { issuer: ORIGIN }],
    ['that promise by another word than true', { ...PROMISE, authorization_response_iss_parameter_supported: 'true' }],
    ['that are no object', []],
    ['that are not JSON', '<html>'],
    ['that are too long', { ...PROMISE, filling: 'x'.repeat(70_000) }],
  ])('6: metadata %s count for nothing', async (_what, body) => {
    expect(await asking(body)).toBeUndefined();
  });

  test('6: nor do those of an error, of a host that does not answer, or of plain http beyond this machine', async () => {
    const silent = readPromisedIssuer({ platformOrigin: ORIGIN }, { fetch: () => Promise.reject(new Error('away')), signal: new AbortController().signal });

    expect(await asking(PROMISE, 404)).toBeUndefined();
    expect(await silent).toBeUndefined();
    expect(await asking({ ...PROMISE, issuer: 'http://platform.example.com' }, 200, 'http://platform.example.com')).toBeUndefined();
    expect(await asking({ ...PROMISE, issuer: 'http://127.0.0.1:8090' }, 200, 'http://127.0.0.1:8090')).toBe('http://127.0.0.1:8090');
  });
});
