import { describe, expect, test } from 'vitest';
import { systemRandom } from '../runtime/random.ts';
import { backOffMs } from './back-off.ts';

const DRAWS = 10_000;
const SHARES = 10;

describe('backOffMs', () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [6, 32_000],
    [7, 60_000],
    [1_000, 60_000],
  ])('reliability 8: after %i failures any time up to %i ms, each as likely', (failures, most) => {
    const drawn = Array.from({ length: DRAWS }, () => backOffMs(systemRandom, failures));

    const shares = Array.from({ length: SHARES }, (_, share) => drawn.filter((ms) => Math.ceil((ms * SHARES) / most) === share + 1).length / DRAWS);

    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
    // Ten standard deviations of a share.
    for (const share of shares) expect(Math.abs(share - 1 / SHARES)).toBeLessThan(0.03);
  });
});
