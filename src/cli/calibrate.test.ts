import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { calibrateCommand } from './calibrate.ts';
import type { CalibrationReport, CliParts } from './ports.ts';

const AGREES = {
  name: 'revoke',
  asks: 'the end of a session',
  outcome: 'agrees',
  expected: 200,
  observed: 200,
  source: 'OpenAPI',
  date: '2026-08-13',
} as const;
const DIFFERS = {
  ...AGREES,
  name: 'grace',
  asks: 'the old refresh token',
  outcome: 'differs',
  expected: 'the same',
  observed: { code: 'OAU-213\n\u001b[31m' },
} as const;
const NOT_ASKED = { ...AGREES, name: 'call log', outcome: 'not asked', why: 'the App may not' } as const;

/** Runs the command on a calibration that finds this. */
async function calibrated(judgements: CalibrationReport['judgements'], flags: { readonly json?: boolean } = {}, sessionsLeft = 0) {
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  const parts = {
    calibration: () => ({
      origin: 'https://platform.example.com',
      statements: judgements.length,
      atLeastMs: 660_000,
      run: async (judged: (judgement: CalibrationReport['judgements'][number]) => void) => {
        for (const judgement of judgements) judged(judgement);
        return { judgements, sessionsLeft };
      },
    }),
  } as unknown as CliParts<object>;
  return { good: await calibrateCommand(parts, {}, flags), ...printed };
}

describe('trunkline sandbox calibrate', () => {
  test('says how long it takes, a line for each statement, and of a difference what was expected and observed', async () => {
    const { good, stdout, stderr } = await calibrated([AGREES, DIFFERS, NOT_ASKED]);

    expect(good).toBe(false);
    expect(stderr).toBe('Asks https://platform.example.com about 3 statements, at five token requests a minute: about 12 minutes.\n');
    expect(stdout.split('\n')).toEqual([
      'agrees     revoke',
      'differs    grace',
      '             asked     the old refresh token',
      '             expected  the same (OpenAPI, 2026-08-13)',
      '             observed  {"code":"OAU-213\\n\\u001b[31m"}',
      'not asked  call log: the App may not',
      '1 agree, 1 differs, 1 could not be asked.',
      '',
    ]);
  });

  test('--json prints one JSON object and nothing else', async () => {
    const { stdout } = await calibrated([AGREES, DIFFERS], { json: true });

    expect(JSON.parse(stdout)).toEqual({ judgements: [AGREES, DIFFERS], sessionsLeft: 0 });
  });

  test('where nothing differs it is good, though something could not be asked', async () => {
    expect((await calibrated([AGREES, NOT_ASKED])).good).toBe(true);
  });

  test('a session that could not be ended is told', async () => {
    expect((await calibrated([AGREES], {}, 2)).stderr).toContain('2 session(s) could not be ended');
  });
});
