import { describe, expect, test } from 'vitest';
import { isAddressBlock, NO_PERMISSION, type PolicyQuestion, pathPatternFault, policyRefusal, tokenRefusal } from './policy.ts';

const question: PolicyQuestion = { address: '192.0.2.7', method: 'POST', path: '/restapi/v1.0/account/~/extension/~/ring-out', permission: 'RingOut' };
const includes = (permission: string) => new Set(permission === 'Everything' ? ['Everything', 'RingOut'] : [permission]);

describe('policyRefusal', () => {
  test('an absent Policy, and an empty one, refuse nothing', () => {
    expect(policyRefusal(undefined, question, includes)).toBeUndefined();
    expect(policyRefusal({}, question, includes)).toBeUndefined();
  });

  test.each([['ipAllow'], ['methods'], ['paths'], ['permissions']] as const)('32: an empty list of %s denies', (part) => {
    expect(policyRefusal({ [part]: [] }, question, includes)).toBe(part);
  });

  test.each([
    [['192.0.2.0/24'], '192.0.2.7', undefined],
    [['192.0.2.0/24'], '::ffff:192.0.2.7', undefined],
    [['192.0.2.0/24'], '192.0.3.7', 'ipAllow'],
    [['192.0.2.7'], '192.0.2.7', undefined],
    [['2001:db8::/32'], '2001:db8::1', undefined],
    [['2001:db8::/32'], '192.0.2.7', 'ipAllow'],
    [['0.0.0.0/0'], '2001:db8::1', 'ipAllow'],
    [['0.0.0.0/0'], 'not an address', 'ipAllow'],
    [['0.0.0.0/0'], '10.1', 'ipAllow'],
    [['0.0.0.0/0'], '012.0.0.1', 'ipAllow'],
    [['fe80::/10'], 'fe80::1%eth0', undefined],
  ])('ipAllow %j answers %s with %s', (ipAllow, address, refusal) => {
    expect(policyRefusal({ ipAllow }, { ...question, address }, includes)).toBe(refusal);
  });

  test.each([
    ['/restapi/v1.0/account/~/extension/~/ring-out', undefined],
    ['/restapi/v1.0/account/*/extension/*/ring-out', undefined],
    ['/restapi/**', undefined],
    ['/restapi/v1.0/account/~/extension/~', 'paths'],
    ['/restapi/v1.0/account/~/extension/~/ring-out/*', 'paths'],
    ['/restapi', 'paths'],
  ])('the path pattern %s answers with %s', (pattern, refusal) => {
    expect(policyRefusal({ paths: [pattern] }, question, includes)).toBe(refusal);
  });

  test.each([
    ['what needs none', NO_PERMISSION, ['RingOut'], undefined],
    ['what needs none, with an empty list', NO_PERMISSION, [], 'permissions'],
    ['what nobody knows', undefined, ['RingOut', 'Accounts'], 'permissions'],
    ['what needs one of two', ['Faxes', 'RingOut'], ['RingOut'], undefined],
    ['what needs one of two others', ['Faxes', 'SMS'], ['RingOut'], 'permissions'],
  ])('36: %s: %j with %j answers with %s', (_what, permission, permissions, refusal) => {
    expect(policyRefusal({ permissions }, { ...question, permission }, includes)).toBe(refusal);
  });

  test.each([
    ['/restapi/v1.0/*', '/restapi/v1.0/', 'paths'],
    ['/*', '/', 'paths'],
    ['/restapi/v1.0/**', '/restapi/v1.0', undefined],
    ['/restapi/v1.0', '/restapi/v1.0/', undefined],
    ['/restapi/v1.0/', '/restapi/v1.0', undefined],
    ['/restapi/a%2Cb', '/restapi/a,b', undefined],
    ['/restapi/a,b', '/restapi/a%2Cb', undefined],
  ])('33: %s and %s, which servers read alike, answer with %s', (pattern, path, refusal) => {
    expect(policyRefusal({ paths: [pattern] }, { ...question, path }, includes)).toBe(refusal);
  });

  test('methods are read in any case, and a Permission covers what it includes', () => {
    expect(policyRefusal({ methods: ['post'], permissions: ['Everything'] }, question, includes)).toBeUndefined();
    expect(policyRefusal({ permissions: ['ReadAccounts'] }, question, includes)).toBe('permissions');
  });
});

describe('tokenRefusal', () => {
  test.each([
    ['no Policy', undefined, undefined],
    ['a Policy that does not mention it', {}, 'token'],
    ['a Policy that says no', { token: false }, 'token'],
    ['a Policy that says so', { token: true }, undefined],
    ['one that says so from here', { token: true, ipAllow: ['192.0.2.0/24'] }, undefined],
    ['one that says so from elsewhere', { token: true, ipAllow: ['198.51.100.0/24'] }, 'ipAllow'],
    ['one that says so from nowhere', { token: true, ipAllow: [] }, 'ipAllow'],
  ] as const)('23: %s: %s', (_what, policy, refusal) => {
    expect(tokenRefusal(policy, '192.0.2.7')).toBe(refusal);
  });
});

describe('pathPatternFault', () => {
  test.each(['/restapi/**', '/**', '/', '/restapi/v1.0/account/*/extension/~/ring-out', '/restapi/%7E'])('%s can be told', (pattern) => {
    expect(pathPatternFault(pattern)).toBeUndefined();
  });

  test.each(['restapi', '', '/a/**/b', '/a*', '/a/***', '/a/../b', '/a//b', '/a?b=c', '/a;b', '/a/%2f'])('32: "%s" cannot', (pattern) => {
    expect(pathPatternFault(pattern)).toMatch(/^must/);
  });
});

describe('isAddressBlock', () => {
  test.each(['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', '::1'])('%s is one', (text) => {
    expect(isAddressBlock(text)).toBe(true);
  });

  test.each(['010.0.0.1', '127.1', '10/8', '10.0.0.0/33', '10.0.0.0/8/8', '::ffff:127.0.0.0/104', '192.0.2.256', '2001:db8::/129', 'localhost', ''])(
    '32: "%s" is none, or not what it looks like',
    (text) => {
      expect(isAddressBlock(text)).toBe(false);
    },
  );
});
