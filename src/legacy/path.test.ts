import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { legacyApiOf, queryOf } from './path.ts';

describe('legacyApiOf', () => {
  test.each([
    '/ringout.asp',
    '/ringout.asp?cmd=list',
    '/RingOut.ASP/',
    '/ringout.asp/?cmd=list',
    '/%72ingout%2Easp',
    '/%52%69%6e%67%6f%75%74%2e%61%73%70%2f',
    '/ringout.asp#x',
    'http://service.example/ringout.asp?cmd=list',
    'HTTPS://service.example:443/ringout.asp',
  ])('knows %s', (target) => {
    expect(legacyApiOf(target)).toBe('ringout');
  });

  test.each([
    '',
    '/',
    '*',
    'ringout.asp',
    '//ringout.asp',
    '/ringout.aspx',
    '/ringout.asp//',
    '/x/ringout.asp',
    '/ringout%252Easp',
    '/?/ringout.asp',
    '/restapi/v1.0/account/~/extension/~/ring-out',
    'service.example:443',
    'ftp://service.example/ringout.asp',
    '/constructor',
    '/__proto__',
    `/${'%72'.repeat(10_000)}`,
  ])('does not know %#', (target) => {
    expect(legacyApiOf(target)).toBeUndefined();
  });

  test('never throws, and looks at no query', () => {
    const agrees = (path: string, query: string) => legacyApiOf(`${path}?${query}`) === legacyApiOf(path);

    fc.assert(fc.property(fc.stringMatching(/^[^?#]*$/), fc.string(), agrees));
  });
});

describe('queryOf', () => {
  test('is what follows the first question mark', () => {
    expect(queryOf('/ringout.asp?a=?b')).toBe('a=?b');
    expect(queryOf('/ringout.asp')).toBe('');
  });
});
