import { describe, expect, test } from 'vitest';
import { APP, outside } from '../../../test/sandbox-world.ts';
import { createFetch } from '../../runtime/fetch.ts';
import { DEMO_DATA } from '../demo.ts';
import type { SandboxOptions } from '../start.ts';
import { calibrate, calibrationMs, type Judgement } from './calibrate.ts';
import { always, type Statement } from './statement.ts';
import { STATEMENTS } from './statements.ts';

const [CLIENT_ID = '', CLIENT_SECRET = ''] = APP.split(':');

/** A sandbox that plays the real account, with its limits; whoever sleeps moves its clock. */
async function played(options: SandboxOptions = {}) {
  const { sandbox, clock } = await outside({ limited: true, ...options });
  const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
  const { fetch, close } = createFetch();
  let slept = 0;
  const parts = {
    access: { origin: sandbox.origin, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, jwt },
    fetch,
    clock: {
      now: () => clock.now() + slept,
      deadline: () => AbortSignal.timeout(20_000),
      sleep: async (ms: number) => {
        slept += ms;
        await sandbox.advance(ms);
      },
    },
    statements: STATEMENTS,
    profile: 'platform' as const,
    allowCharges: false,
  };
  return { sandbox, jwt, parts, close, slept: () => slept };
}

const named = (judgements: readonly Judgement[], outcome: Judgement['outcome']) => judgements.filter((one) => one.outcome === outcome).map(({ name }) => name);

describe('a calibration', () => {
  test('finds no difference where there is none, keeps within the limits, and leaves no session behind', async () => {
    const { sandbox, parts, close, slept } = await played();

    const { judgements, sessionsLeft } = await calibrate(parts);
    await close();

    expect(judgements.filter(({ outcome }) => outcome === 'differs')).toEqual([]);
    expect(named(judgements, 'not asked')).toEqual(['RingOut that is cancelled at once']);
    expect(sandbox.requests().filter(({ status }) => status === 429)).toEqual([]);
    expect(sessionsLeft).toBe(0);
    expect(sandbox.state().sessions).toEqual([]);
    expect(sandbox.state().ringOuts).toEqual([]);
    // It said about how long it would take.
    expect(Math.abs(slept() - calibrationMs(parts.statements, false))).toBeLessThan(90_000);
  });

  test('where the account has another profile, it finds exactly the rules in which the two differ', async () => {
    const { parts, close } = await played({ profile: 'strict' });

    const { judgements } = await calibrate(parts);
    await close();

    expect(named(judgements, 'differs')).toEqual(['grace while the new access token is unused', 'grace just after the new access token is used']);
    expect(judgements.find(({ outcome }) => outcome === 'differs')).toMatchObject({
      expected: 'the same access token',
      observed: '400 invalid_grant OAU-213',
      date: '2023-06',
    });
  });

  test('what costs money is asked only where that is allowed', async () => {
    const { parts, close } = await played();

    const { judgements } = await calibrate({ ...parts, statements: parts.statements.filter(({ charges }) => charges), allowCharges: true });
    await close();

    expect(named(judgements, 'agrees')).toEqual(['RingOut that is cancelled at once']);
  });

  test('what the App may not do could not be asked; nothing that is told holds a secret', async () => {
    const apps = [{ ...DEMO_DATA.apps[0]!, permissions: [], grantTypes: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] }];
    const { parts, jwt, close } = await played({ data: { ...DEMO_DATA, apps } });

    const { judgements } = await calibrate(parts);
    await close();

    const account = judgements.find(({ name }) => name === 'account');
    expect(account).toMatchObject({ outcome: 'not asked', why: 'the App or its user may not: 403 InsufficientPermissions CMN-401' });
    expect(judgements.find(({ name }) => name === 'refresh')).toMatchObject({ outcome: 'not asked', why: 'the App is issued no refresh tokens' });
    const told = JSON.stringify(judgements);
    for (const secret of [jwt, CLIENT_SECRET, 'SBXA', 'SBXR']) expect(told).not.toContain(secret);
  });

  test('what must be asked within seconds is not torn apart by the limit', async () => {
    const { parts, close } = await played();
    const names = ['token answer', 'grace just after the new access token is used'];

    const { judgements } = await calibrate({ ...parts, statements: names.flatMap((name) => STATEMENTS.filter((one) => one.name === name)) });
    await close();

    expect(named(judgements, 'agrees')).toEqual(names);
  });

  test('a token or secret that an answer repeats is not told', async () => {
    const { parts, jwt, close } = await played();
    const leaking: Statement = {
      name: 'leaking',
      asks: 'for what is secret',
      expected: always([]),
      source: 'our own',
      date: '2026-11',
      tokenRequests: 0,
      observe: async (account) => [(await account.reading()).accessToken, `refused: ${jwt}`, CLIENT_SECRET],
    };

    const { judgements } = await calibrate({ ...parts, statements: [leaking] });
    await close();

    expect(judgements[0]?.observed).toEqual(['[redacted]', 'refused: [redacted]', '[redacted]']);
  });

  test('an account that cannot be reached, or whose JWT is not good: nothing more is asked', async () => {
    const { parts, sandbox, close } = await played();
    await expect(calibrate({ ...parts, access: { ...parts.access, jwt: 'no-jwt' } })).rejects.toThrow(
      'the sign-in with the JWT was refused: 400 invalid_grant OAU-140',
    );
    expect(sandbox.requests()).toHaveLength(1);
    await sandbox.close();
    await expect(calibrate(parts)).rejects.toThrow(`no answer from ${sandbox.origin}`);
    await close();
  });
});
