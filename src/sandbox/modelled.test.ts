import { describe, expect, test } from 'vitest';
import { MODELLED_ENDPOINTS } from './modelled.ts';
import { OPERATIONS } from './operations/index.ts';
import { QUICK_OPERATIONS } from './operations/quick.ts';
import { Router } from './wire/route.ts';

describe('the operations that are there at once', () => {
  test('stand at no path of one that is loaded later', () => {
    const quick = new Router(QUICK_OPERATIONS);
    const later = OPERATIONS.filter((operation) => !QUICK_OPERATIONS.includes(operation));

    const hidden = later.filter(({ method, path }) => quick.find(method, path).outcome === 'found');

    expect(hidden).toEqual([]);
    expect(later.length).toBeGreaterThan(0);
  });

  test('and all others are found at their own paths', () => {
    const router = new Router(MODELLED_ENDPOINTS);

    for (const endpoint of MODELLED_ENDPOINTS) expect(router.find(endpoint.method, endpoint.path)).toMatchObject({ outcome: 'found', target: endpoint });
  });
});
