import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFetch } from '../../src/runtime/fetch.ts';
import { type Calibration, calibrate, type Judgement } from '../../src/sandbox/calibrate/calibrate.ts';
import { STATEMENTS } from '../../src/sandbox/calibrate/statements.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { APP, StillClock } from '../sandbox-world.ts';

// Each statement is a test, and all are asked in one go: against the platform that is a matter of minutes, which
// RingCentral's limit of token requests makes it.
describe.each(['platform', 'strict'] as const)('the sandbox, profile %s', (profile) => {
  const { fetch, close } = createFetch();
  const told = new Map<string, Judgement>();

  beforeAll(async () => {
    const clock = new StillClock();
    let slept = 0;
    const sandbox = await startSandbox({ clock, profile });
    const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
    const [clientId = '', clientSecret = ''] = APP.split(':');
    await ask(told, {
      access: { origin: sandbox.origin, clientId, clientSecret, jwt },
      fetch,
      clock: {
        now: () => clock.now() + slept,
        deadline: (ms) => AbortSignal.timeout(ms),
        sleep: async (ms) => {
          slept += ms;
          await sandbox.advance(ms);
        },
      },
      profile,
      statements: STATEMENTS,
      allowCharges: true,
    });
    await sandbox.close();
  });

  afterAll(close);

  test.each(STATEMENTS.map(({ name }) => [name]))('%s', (name) => {
    expect(told.get(name)).toMatchObject({ outcome: 'agrees', observed: told.get(name)?.expected });
  });
});

async function ask(told: Map<string, Judgement>, calibration: Calibration): Promise<void> {
  const { judgements } = await calibrate(calibration);
  for (const judgement of judgements) told.set(judgement.name, judgement);
}
