import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCountryCode, loginName, toDialable, toLegacyNumber } from './phone-number.ts';

describe('toDialable', () => {
  test.each([
    ['6505551230', '+16505551230', '10 digits'],
    ['16505551230', '+16505551230', '11 digits that start with 1'],
    ['+16505551230', '+16505551230', 'E.164'],
    [' 16505551230', '+16505551230', 'a plus sign that a form decoder made a space'],
    ['(650) 555-1230', '+16505551230', 'brackets, a space and a hyphen'],
    ['650.555.1230', '+16505551230', 'dots'],
    ['  650-555-1230\t', '+16505551230', 'white space around it'],
    ['(+1) 650 555 1230', '+16505551230', 'a plus sign in brackets'],
    ['011442079460958', '+442079460958', "North America's international prefix"],
    ['442079460958', '+442079460958', 'a country code without plus sign'],
    ['+44 20 7946 0958', '+442079460958', 'another country'],
    [' 442079460958', '+442079460958', 'another country, its plus sign decoded'],
    ['101', '101', 'an extension of 3 digits'],
    ['123456', '123456', 'an extension of 6 digits'],
    [' 101', '101', 'an extension behind a stray space'],
    ['911', '911', 'a service number'],
  ])('rule 5: reads %j as %j: %s', (text, number) => {
    expect(toDialable(text, 'US')).toBe(number);
  });

  test('rule 5: a space in front is a plus sign only where that makes a number that exists', () => {
    // No number in Singapore (+65) starts with 0, so this is a stray space before a North American number.
    expect(toDialable(' 6505551230', 'US')).toBe('+16505551230');
    // And this is one in Singapore.
    expect(toDialable(' 6591234567', 'US')).toBe('+6591234567');
  });

  test.each([
    ['', 'nothing'],
    ['   ', 'spaces only'],
    ['12', 'two digits'],
    ['+911', 'a service number with a plus sign'],
    ['+0123456789', 'a country code that starts with 0'],
    ['1234567890123456', 'more digits than E.164 allows'],
    ['650555123O', 'a letter'],
    ['650\0' + '5551230', 'a NUL'],
    ['6505551230;911', 'two numbers'],
    ['650+5551230', 'a plus sign within'],
    ['++16505551230', 'two plus signs'],
    ['1'.repeat(100_000), 'very many digits'],
  ])('refuses %#: %s', (text) => {
    expect(toDialable(text, 'US')).toBeUndefined();
  });

  test.each([
    ['GB', '020 7946 0958', '+442079460958'],
    ['GB', '0044 20 7946 0958', '+442079460958'],
    ['GB', '+16505551230', '+16505551230'],
    ['GB', '101', '101'],
    ['CA', '6505551230', '+16505551230'],
    ['JM', '8765550123', '+18765550123'],
  ] as const)('rule 5: the country is configurable: in %s, %s is %s', (country, text, number) => {
    expect(toDialable(text, country)).toBe(number);
  });

  test('gives an extension, E.164 or nothing, whatever comes', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789+-() .') }));
    const country = fc.constantFrom('US' as const, 'GB' as const, 'DE' as const, 'AU' as const);

    const readable = (given: string, home: 'US' | 'GB' | 'DE' | 'AU') => /^(\d{3,6}|\+[1-9]\d{6,14}|nothing)$/.test(toDialable(given, home) ?? 'nothing');

    fc.assert(fc.property(text, country, readable));
  });

  test('reads what it gave the same way again', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 3, maxLength: 15 });

    const stable = (given: string) => {
      const once = toDialable(given, 'US');
      return once === undefined || toDialable(once, 'US') === once;
    };

    fc.assert(fc.property(digits, stable));
  });

  test('makes nothing of separators', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 11 });
    const separators = fc.array(fc.constantFrom('', '-', '.', ' ', '('), { minLength: 11, maxLength: 11 });

    const same = (number: string, between: readonly string[]) =>
      toDialable([...number].map((digit, index) => (index === 0 ? digit : `${between[index]}${digit}`)).join(''), 'US') === toDialable(number, 'US');

    fc.assert(fc.property(digits, separators, same));
  });
});

describe('toLegacyNumber', () => {
  test('prints North American numbers without +1, and all others whole', () => {
    expect(toLegacyNumber('+16505551230')).toBe('6505551230');
    expect(toLegacyNumber('+442079460958')).toBe('+442079460958');
    expect(toLegacyNumber('101')).toBe('101');
    expect(toLegacyNumber('+165055512301')).toBe('+165055512301');
  });
});

describe('loginName', () => {
  test('rule 5: spells every form of a user name alike', () => {
    for (const username of ['18889363711', '8889363711', '+18889363711', ' 18889363711', '(888) 936-3711', '888.936.3711']) {
      expect(loginName(username, 'US')).toBe('18889363711');
    }
  });

  test('takes an e-mail address, and whatever is no number, in lower case', () => {
    expect(loginName(' Jane.Doe@Example.com ', 'US')).toBe('jane.doe@example.com');
    expect(loginName('Front Desk', 'US')).toBe('front desk');
  });
});

describe('isCountryCode', () => {
  test('knows two-letter codes in upper case only', () => {
    expect(isCountryCode('US')).toBe(true);
    expect(isCountryCode('us')).toBe(false);
    expect(isCountryCode('XX')).toBe(false);
  });
});
