import { describe, expect, test } from 'vitest';
import { PlatformUnreachable } from './errors.ts';
import { networkFault } from './network-fault.ts';

const fault = (code: string) => Object.assign(new Error('x'), { code });

describe('networkFault', () => {
  test.each<[string, unknown, string | undefined]>([
    ['nothing listens', new TypeError('fetch failed', { cause: fault('ECONNREFUSED') }), 'nothing listens there'],
    ['on several addresses', new TypeError('fetch failed', { cause: new AggregateError([fault('ECONNREFUSED')]) }), 'nothing listens there'],
    ['no such name', fault('ENOTFOUND'), 'its name is not known'],
    ['a certificate', fault('DEPTH_ZERO_SELF_SIGNED_CERT'), 'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    ['a deadline', new DOMException('x', 'TimeoutError'), 'it did not answer in time'],
    ['anything else', new Error('x'), undefined],
    ['no error', 'x', undefined],
  ])('%s', (_what, cause, reason) => {
    if (reason === undefined) expect(networkFault(cause)).toBeUndefined();
    else expect(networkFault(cause)).toContain(reason);
  });

  test('stands in the message, and a message of ours too', () => {
    expect(new PlatformUnreachable('https://a.example', fault('ENOTFOUND')).message).toBe(
      'No usable answer from https://a.example: its name is not known; check it, and the name server.',
    );
    expect(new PlatformUnreachable('https://a.example', new Error('secret')).message).toBe('No usable answer from https://a.example; try again.');
  });
});
