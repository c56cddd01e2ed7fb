import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { createFetch } from '../../src/runtime/fetch.ts';
import { calibrate, calibrationMs, type Judgement } from '../../src/sandbox/calibrate/calibrate.ts';
import { STATEMENTS } from '../../src/sandbox/calibrate/statements.ts';

const { RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET, RC_USER_JWT } = process.env;
const FREE = STATEMENTS.filter(({ charges }) => !charges);

// A real account is asked where it is named completely, its platform too, so that nobody's is asked by accident.
if (RC_SERVER_URL && RC_APP_CLIENT_ID && RC_USER_JWT) {
  describe('a real account', () => {
    const { fetch, close } = createFetch();
    const told = new Map<string, Judgement>();

    beforeAll(
      async () => {
        const access = {
          origin: new URL(RC_SERVER_URL).origin,
          clientId: RC_APP_CLIENT_ID,
          jwt: RC_USER_JWT,
          ...(RC_APP_CLIENT_SECRET && { clientSecret: RC_APP_CLIENT_SECRET }),
        };
        const { judgements } = await calibrate({ access, fetch, clock: systemClock, statements: FREE, profile: 'platform', allowCharges: false });
        for (const judgement of judgements) told.set(judgement.name, judgement);
      },
      calibrationMs(FREE, false) + 10 * 60_000,
    );

    afterAll(close);

    test.each(FREE.map(({ name }) => [name]))('%s', (name) => {
      expect(told.get(name)).toMatchObject({ outcome: 'agrees', observed: told.get(name)?.expected });
    });
  });
} else {
  // A file without a test would count as one that could not be loaded.
  test('no real account is asked: RC_SERVER_URL, RC_APP_CLIENT_ID and RC_USER_JWT are not all set', () => {
    expect(FREE.length).toBeGreaterThan(0);
  });
}
