import { describe, expect, test } from 'vitest';
import { isRegistered, withQuery } from './redirect.ts';

describe('isRegistered', () => {
  test.each([
    ['https://shop.example.com/callback', true],
    ['https://shop.example.com/callback/', false],
    ['https://shop.example.com/callback?a=b', false],
    ['https://shop.example.com.evil.example/callback', false],
    ['https://shop.example.com:443/callback', false],
    ['HTTPS://shop.example.com/callback', false],
    ['myapp://signed-in', true],
    // RFC 8252 §7.3: any port, where none is registered.
    ['http://127.0.0.1:49152/callback', true],
    ['http://127.0.0.1/callback', true],
    ['http://127.0.0.1:49152/elsewhere', false],
    ['http://localhost:49152/callback', false],
    ['http://127.0.0.1.evil.example:49152/callback', false],
    ['http://[::1]:8765/callback', true],
    ['http://[::1]:8766/callback', false],
  ])('%s: %s', (address, registered) => {
    const list = ['https://shop.example.com/callback', 'myapp://signed-in', 'http://127.0.0.1/callback', 'http://[::1]:8765/callback'];

    expect(isRegistered(list, address)).toBe(registered);
  });
});

test('withQuery adds to what is there, in the order that is given', () => {
  const added = { code: 'a b', state: undefined, expires_in: '60' };

  expect(withQuery('https://shop.example.com/callback', added)).toBe('https://shop.example.com/callback?code=a+b&expires_in=60');
  expect(withQuery('myapp://signed-in?tab=1', added)).toBe('myapp://signed-in?tab=1&code=a+b&expires_in=60');
});
