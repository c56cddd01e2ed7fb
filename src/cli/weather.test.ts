import { expect, test } from 'vitest';
import { keepingFindings } from './weather.ts';

const APP = {
  app: 'demo',
  budget: { limit: 5, windowSeconds: 60, waiting: 0 },
  limitFrom: 'usual',
  callersShare: 0,
  kept: 3,
  capacity: 49_939,
  lifetimeSeconds: 604_800,
  lifetimeFrom: 'grants',
  givenUp: 0,
  deadlines: [],
} as const;

test.each([
  ['ok', undefined, 'App "demo": 3 Grants are kept alive'],
  ['ok', 'platform_busy (CMN-301)', 'App "demo": 3 Grants are kept alive'],
  ['warn', 'app_refused (OAU-153)', 'App "demo": RingCentral refuses it, app_refused (OAU-153)'],
])('doctor says "%s" of an App that is paused because of %s', (level, pausedBecause, message) => {
  const budget = { ...APP.budget, ...(pausedBecause && { pausedUntil: 1, pausedBecause }) };

  const findings = keepingFindings({ days: 7, apps: [{ ...APP, budget }], items: [] });

  expect(findings).toEqual([{ name: 'keeping', level, message: expect.stringContaining(message) }]);
});
