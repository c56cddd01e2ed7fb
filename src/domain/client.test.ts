import { describe, expect, test } from 'vitest';
import { chooseLogin } from './client.ts';

const login = (extension: string) => ({ username: '18889363711', extension, passwordHash: undefined, connection: `x${extension}` });

describe('chooseLogin', () => {
  test('rule 3: an extension chooses its own login and no other', () => {
    expect(chooseLogin([login('101'), login('1010')], '101')?.connection).toBe('x101');
    expect(chooseLogin([login('101')], '102')).toBeUndefined();
  });

  test.each(['', '0'])('rule 3: without an extension ("%s") the login without one is meant', (extension) => {
    expect(chooseLogin([login('101'), login('')], extension)?.connection).toBe('x');
  });

  test('rule 3: where there is none, the lowest extension number is', () => {
    expect(chooseLogin([login('1001'), login('102'), login('20000')], '')?.connection).toBe('x102');
  });
});
