import { describe, expect, test } from 'vitest';
import { LoginUnknown } from '../domain/errors.ts';
import { readLogin } from './login.ts';

describe('readLogin', () => {
  test.each([
    ['absent', {}],
    ['empty', { ext: '' }],
    ['0', { ext: '0' }],
    ['a space', { ext: ' ' }],
  ])('rule 3: an extension that is %s means the main one', (_what, given) => {
    expect(readLogin({ username: '18889363711', password: '1234', ...given })).toEqual({ username: '18889363711', extension: '', password: '1234' });
  });

  test.each([
    ['18889363711*101', undefined, '18889363711', '101'],
    ['18889363711*101.', '', '18889363711', '101'],
    ['18889363711*101', '0', '18889363711', '101'],
    ['18889363711*', undefined, '18889363711', ''],
    ['18889363711*101', '102', '18889363711', '102'],
  ])('rule 3: user name %s with ext %s', (username, ext, name, extension) => {
    expect(readLogin({ username, ...(ext !== undefined && { ext }), password: '1234' })).toEqual({ username: name, extension, password: '1234' });
  });

  test('the user name and the password are left as they came', () => {
    expect(readLogin({ username: ' (888) 936-3711', password: ' 1 ' })).toMatchObject({ username: ' (888) 936-3711', password: ' 1 ' });
  });

  test.each([
    { username: '1888\0', password: '' },
    { username: '1888', ext: '1\n2' },
  ])('no login holds control characters: %#', (parameters) => {
    expect(() => readLogin(parameters)).toThrow(LoginUnknown);
  });
});
