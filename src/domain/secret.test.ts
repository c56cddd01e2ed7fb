import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from './secret.ts';

describe('Secret', () => {
  test.each([
    ['a template', (secret: Secret) => `${secret}`],
    ['concatenation', (secret: Secret) => `token: ${String(secret)}`],
    ['JSON', (secret: Secret) => JSON.stringify({ secret })],
    ['inspection', (secret: Secret) => inspect({ secret }, { depth: 5, showHidden: true })],
    ['an error message', (secret: Secret) => new Error(`refused ${secret}`).stack ?? ''],
    ['its keys', (secret: Secret) => JSON.stringify(Object.entries(secret))],
  ])('cannot be printed by %s', (_way, print) => {
    const secret = new Secret('canary-5550100');

    const printed = print(secret);

    expect(printed).not.toContain('canary-5550100');
  });

  test('gives its value where it is asked by name', () => {
    expect(new Secret('canary-5550100').reveal()).toBe('canary-5550100');
  });
});
