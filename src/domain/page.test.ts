import { describe, expect, test } from 'vitest';
import { everyItem, type Page, type PageRequest } from './page.ts';

describe('everyItem', () => {
  test('reads part after part, until one names no next', async () => {
    const parts: Record<string, Page<string>> = { first: { items: ['a', 'b'], nextCursor: 'b' }, b: { items: [], nextCursor: 'c' }, c: { items: ['d'] } };
    const asked: PageRequest[] = [];

    const items: string[] = [];
    for await (const item of everyItem(async (page) => {
      asked.push(page);
      return parts[page.cursor ?? 'first']!;
    })) {
      items.push(item);
    }

    expect(items).toEqual(['a', 'b', 'd']);
    expect(asked).toEqual([{ limit: 1_000 }, { limit: 1_000, cursor: 'b' }, { limit: 1_000, cursor: 'c' }]);
  });

  test('asks for no further part than is used', async () => {
    let asked = 0;

    for await (const item of everyItem(async () => ({ items: [String(++asked)], nextCursor: 'more' }))) if (item === '2') break;

    expect(asked).toBe(2);
  });
});
