import { expect, test } from 'vitest';
import { tidyJwt } from './tidy-jwt.ts';

test('tidyJwt takes away what copying adds', () => {
  const whole = `${'eyJhbGciOiJSUzI1NiJ9'.repeat(2)}.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`;

  expect([` "${whole}"\n`, `Bearer ${whole}`, `${whole.slice(0, 30)}\r\n  ${whole.slice(30)}`, `'${whole}',`].map(tidyJwt)).toEqual([
    whole,
    whole,
    whole,
    whole,
  ]);
});
