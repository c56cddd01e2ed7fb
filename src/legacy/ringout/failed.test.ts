import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE, type ErrorCode } from '../../domain/error-catalogue.ts';
import {
  AppRefused,
  ClientNotFound,
  GatewayError,
  GrantDead,
  InvalidRequest,
  LoginUnknown,
  PlatformBusy,
  PlatformRefused,
  PlatformUnreachable,
  PolicyForbids,
  StoreUnavailable,
  TokenPending,
} from '../../domain/errors.ts';
import { FAILED, failedText } from './failed.ts';

describe('failedText', () => {
  test('says that the login is wrong only where it is', () => {
    const told = (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).filter((code) => failedText(new GatewayError(code, ''), 'call') === FAILED.login);

    expect(failedText(new LoginUnknown(), 'list')).toBe('FAILED Invalid User or Password');
    expect(told).toEqual(['login_unknown']);
    expect(failedText(new PlatformRefused(401, 'OAU-140'), 'call')).toBe('FAILED Service Unavailable');
  });

  test.each([
    new GrantDead('front-desk', 'OAU-140'),
    new AppRefused('demo', 'OAU-153'),
    new PlatformBusy('Heavy', 60_000),
    new TokenPending('front-desk', 1_000),
    new PlatformUnreachable('https://platform.example', undefined),
    new StoreUnavailable('locked'),
    new PlatformRefused(429, 'CMN-301'),
    new PlatformRefused(500, 'CMN-201'),
    new PlatformRefused(400, 'constructor'),
    new TypeError('TOKEN'),
    'a text',
    undefined,
  ])('is Service Unavailable for what the old program cannot mend: %#', (error) => {
    expect(failedText(error, 'call')).toBe('FAILED Service Unavailable');
  });

  test.each([
    new PolicyForbids('crm', 'ipAllow', 'front-desk'),
    new ClientNotFound('crm'),
    ...['CMN-401', 'CMN-408', 'CMN-112', 'CMN-113', 'BIL-103', 'TEL-101', 'TEL-102'].map((code) => new PlatformRefused(403, code)),
  ])('is Permission Denied where somebody forbids it: %s', (error) => {
    expect(failedText(error, 'call')).toBe('FAILED Permission Denied');
  });

  test.each([
    ['TEL-107', 'FAILED Invalid Caller ID'],
    ['RNG-102', 'FAILED Invalid Caller ID'],
    ['TEL-108', 'FAILED Invalid Phone Number'],
    ['TEL-109', 'FAILED Invalid Phone Number'],
    ['CMN-101', 'FAILED Invalid Phone Number'],
    ['InternationalDisabled', 'FAILED International calls disabled'],
  ])('tells what the platform has against a call: %s', (code, text) => {
    expect(failedText(new PlatformRefused(400, code), 'call')).toBe(text);
  });

  test('an invalid parameter of a request that holds no number is not the number', () => {
    expect(failedText(new PlatformRefused(400, 'CMN-101'), 'status')).toBe('FAILED Service Unavailable');
  });

  test.each([
    ['cmd', 'FAILED Invalid Command'],
    ['to', 'FAILED Invalid Phone Number'],
    ['from', 'FAILED Invalid Phone Number'],
    ['sessionid', 'FAILED Invalid Session'],
    ['other', 'FAILED Invalid Request'],
  ])('names what is wrong with the request: %s', (field, text) => {
    expect(failedText(new InvalidRequest([{ field, message: 'is wrong' }]), undefined)).toBe(text);
  });

  test('rule 13: no text holds the letters OK, markup or a line break, and each starts with FAILED and a space', () => {
    for (const text of Object.values(FAILED)) {
      expect(text).toMatch(/^FAILED [A-Za-z ]+$/);
      expect(text.toUpperCase()).not.toContain('OK');
    }
  });

  test('rule 13: whatever the error, its text is one of the fixed ones', () => {
    const texts = new Set<string>(Object.values(FAILED));
    const error = fc.oneof(
      fc.tuple(fc.integer(), fc.string()).map(([status, code]) => new PlatformRefused(status, code)),
      fc.record({ field: fc.string(), message: fc.string() }).map((fault) => new InvalidRequest([fault])),
      fc.string().map((message) => new Error(message)),
    );

    fc.assert(fc.property(error, fc.constantFrom('list' as const, 'call' as const, undefined), (given, command) => texts.has(failedText(given, command))));
  });
});
