import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headerOf } from '../runtime/raw-headers.ts';
import { requestHeaders, responseHeaders } from './headers.ts';

describe('requestHeaders', () => {
  test('30: what belongs to the caller, its connection or this gateway does not go on; the rest does, byte for byte and in order', () => {
    const caller = [
      ...['Host', 'gateway.example.com', 'Authorization', 'Bearer tlk_x', 'Cookie', 'a=b', 'Connection', 'keep-alive, X-Private', 'X-Private', '1'],
      ...['Proxy-Authorization', 'Basic x', 'X-Forwarded-For', '192.0.2.1', 'Forwarded', 'for=192.0.2.1', 'Trunkline-Connection', 'front-desk'],
      ...['TE', 'trailers', 'Accept', 'application/json', 'X-User-Agent', 'RCJSSDK/5', 'accept', 'text/plain', 'Content-Length', '3'],
    ];

    const passed = requestHeaders(caller, ['Authorization', 'Bearer token']);

    expect(passed).toEqual(['Accept', 'application/json', 'X-User-Agent', 'RCJSSDK/5', 'accept', 'text/plain', 'Authorization', 'Bearer token']);
  });

  test('30: however it is spelled, a credential of the caller never goes on', () => {
    const cased = (name: string) => fc.mixedCase(fc.constant(name));
    const credential = fc.oneof(...['authorization', 'cookie', 'proxy-authorization', 'x-forwarded-for', 'trunkline-connection'].map(cased));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(credential, fc.constant('Accept')), fc.string())), (given) => {
        const passed = requestHeaders(given.flat(), ['Authorization', 'Bearer ours']);

        expect(passed.filter((_, index) => index % 2 === 0 && passed[index]?.toLowerCase() !== 'accept')).toEqual(['Authorization']);
      }),
    );
  });
});

describe('responseHeaders', () => {
  test('what is about the connection stays behind, what else the platform says goes on', () => {
    const platform = [
      'Connection',
      'close, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      'timeout=5',
      'Set-Cookie',
      'a=1',
      'Set-Cookie',
      'b=2',
      'Transfer-Encoding',
      'chunked',
      'Trailer',
      'X-T',
    ];

    expect(responseHeaders(platform)).toEqual(['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Trailer', 'X-T']);
  });
});

describe('headerOf', () => {
  test('joins the values of a header that came several times', () => {
    expect(headerOf(['A', '1', 'b', '2', 'a', '3'], 'a')).toBe('1, 3');
    expect(headerOf([], 'a')).toBeUndefined();
  });
});
