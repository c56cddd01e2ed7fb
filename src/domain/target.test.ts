import { describe, expect, test } from 'vitest';
import { readTarget } from './target.ts';

describe('readTarget', () => {
  test.each([
    ['/restapi/v1.0/account/~', '/restapi/v1.0/account/~', undefined],
    ['/restapi/v1.0/account/%7E/extension/%7e?view=Simple', '/restapi/v1.0/account/~/extension/~', 'view=Simple'],
    ['/%72estapi/v1%2E0', '/restapi/v1.0', undefined],
    ['/restapi/v1.0/message-store/1,2/', '/restapi/v1.0/message-store/1,2/', undefined],
    ['/scim/v2/Schemas/urn%3aietf:User', '/scim/v2/Schemas/urn%3Aietf:User', undefined],
    ['/restapi/M%C3%BCller?', '/restapi/M%C3%BCller', ''],
    ['/restapi/a@b', '/restapi/a@b', undefined],
    ['/restapi?q=M\u00fcller;a=b/../c%2F', '/restapi', 'q=M%FCller;a=b/../c%2F'],
  ])('reads %s', (url, path, query) => {
    expect(readTarget(url)).toEqual({ path, rawPath: url.split('?')[0], query });
  });

  test.each([
    ['an absolute form', 'http://platform.example.com/restapi'],
    ['an authority', 'platform.example.com:443'],
    ['an asterisk', '*'],
    ['nothing', ''],
    ['another host', '//evil.example.com/restapi'],
    ['an empty segment', '/restapi//v1.0'],
    ['two slashes at the end', '/restapi/v1.0//'],
    ['a dot segment', '/restapi/../scim/v2/Users'],
    ['a single dot', '/restapi/./v1.0'],
    ['a dot segment at the end', '/restapi/..'],
    ['an encoded dot segment', '/restapi/%2e%2E/scim'],
    ['a half encoded one', '/restapi/.%2e/scim'],
    ['an encoded slash', '/restapi/..%2fscim'],
    ['an encoded backslash', '/restapi/%5C..'],
    ['a backslash', '/restapi\\..\\scim'],
    ['path parameters', '/restapi/..;x=1/scim'],
    ['encoded path parameters', '/restapi/..%3bx/scim'],
    ['an escape of an escape', '/restapi/%252e%252e/scim'],
    ['an escape of an escaped slash', '/restapi/%252f'],
    ['a NUL', '/restapi/v1.0%00.json'],
    ['CR and LF', '/restapi/%0d%0aHost:evil'],
    ['an encoded question mark', '/restapi/a%3Fb'],
    ['an encoded fragment', '/restapi/a%23b'],
    ['a fragment', '/restapi/v1.0#/scim'],
    ['a fragment in the query', '/restapi?a#b'],
    ['a space', '/restapi/a b'],
    ['a space in the query', '/restapi?a b'],
    ['bytes beyond ASCII', '/restapi/M\u00fcller'],
    ['half an escape', '/restapi/%4'],
    ['no escape', '/restapi/%zz'],
    ['a Windows escape', '/restapi/%u002e'],
    ['an overlong slash', '/restapi/%c0%af'],
    ['Latin-1', '/restapi/M%FCller'],
    ['a surrogate', '/restapi/%ED%A0%80'],
    ['a full-width slash', '/restapi/..%EF%BC%8Fscim'],
    ['full-width dots', '/restapi/%EF%BC%8E%EF%BC%8E/scim'],
    ['braces', '/restapi/{a}'],
    ['a pipe', '/restapi/a|b'],
    ['a quote', '/restapi/"'],
    ['a control character', '/restapi/\u0001'],
  ])('33: %s is refused', (_what, url) => {
    expect(readTarget(url)).toEqual({ refusal: expect.stringMatching(/^it/) });
  });
});
