import { afterEach, describe, expect, test, vi } from 'vitest';
import { printObject, printTable } from './print.ts';

afterEach(() => vi.restoreAllMocks());

describe('printObject', () => {
  test('prints a line per field: text as it is, times as ISO 8601, the rest as JSON, and nothing for what is absent', () => {
    const printed = capture();

    printObject({ name: 'desk', createdAt: 0, labels: { team: 'sales' }, ownerId: undefined });

    expect(printed()).toBe('name       desk\ncreatedAt  1970-01-01T00:00:00.000Z\nlabels     {"team":"sales"}\nownerId    \n');
  });

  test.each([
    ['an escape', '\u001b[2J', '\\u001b[2J'],
    ['a control character of Latin-1', '\u009b2J', '\\u009b2J'],
    ['a line end', 'a\nb', '\\u000ab'],
  ])('%s does not reach the terminal, in a text or below one', (_what, value, shown) => {
    const printed = capture();

    printObject({ name: value, labels: { team: value } });

    expect(printed()).toContain(shown);
    expect(printed()).not.toContain(value);
  });
});

describe('printTable', () => {
  test('pads each column to its widest cell, however many rows there are', () => {
    const printed = capture();

    printTable(['name', 'app'], [{ name: 'a', app: 'x' }, ...Array.from({ length: 200_000 }, () => ({ name: 'front-desk', app: 'y' }))]);

    expect(printed().split('\n').slice(0, 3)).toEqual(['name        app', 'a           x', 'front-desk  y']);
  });
});

/** Catches what is printed on stdout. */
function capture(): () => string {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  return () => lines.join('');
}
