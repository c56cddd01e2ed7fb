import { describe, expect, test } from 'vitest';
import { PlatformUnreachable, PolicyForbids, StoreUnavailable, TokenPending } from '../../src/domain/errors.ts';
import type { PlatformAnswer } from '../../src/ringcentral/calls/request.ts';
import { FORWARDING_NUMBER, LOGIN, platformAnswer, RING_OUT, RING_OUT_ID, refusal, ringOutAnswer, world } from './world.ts';

const CALL = `cmd=call&${LOGIN}&to=6505551230&from=6505551231&clid=8889363711&prompt=1`;
const PLACED = `POST ${RING_OUT}`;

/** A world that takes a call for the first one still during 5 s. */
function worldWithWindow(more: Parameters<typeof world>[0] = {}) {
  return world({ repeatWindowMs: 5_000, ...more });
}

describe('rule 15: the same call asked for again', () => {
  test('within 5 s it is answered with the first session, and afterwards placed anew', async () => {
    const { ask, platform, time } = worldWithWindow();

    const first = await ask(CALL);
    time.now += 4_999;
    const again = await ask(CALL);
    time.now += 1;
    const later = await ask(CALL);

    expect([first, again, later]).toEqual(['OK 18 3', 'OK 18 3', 'OK 20 3']);
    expect(platform.asked).toEqual([PLACED, PLACED]);
  });

  test('it counts as the same however it is written, by GET or POST', async () => {
    const { ask, platform } = worldWithWindow();

    await ask(CALL);
    const again = await ask('', 'Cmd=CALL&Username=(888)+936-3711*101&Password=1234&To=1-650-555-1230&From=+16505551231&CLID=(888)9363711&Prompt=+1');

    expect(again).toBe('OK 18 3');
    expect(platform.asked).toEqual([PLACED]);
  });

  test.each([
    ['to', CALL.replace('5551230', '5551239')],
    ['from', CALL.replace('5551231', '5551239')],
    ['clid', CALL.replace('9363711&prompt', '9363719&prompt')],
    ['no clid', CALL.replace('&clid=8889363711', '')],
    ['prompt', CALL.replace('prompt=1', 'prompt=0')],
    ['no from', CALL.replace('&from=6505551231', '')],
    ['login', CALL.replace('ext=101&password=1234', 'ext=102&password=5678')],
  ])('with another %s it is another call', async (_what, other) => {
    const { ask, platform } = worldWithWindow();

    await ask(CALL);

    expect(await ask(other)).toBe('OK 20 3');
    expect(platform.asked.filter((asked) => asked === PLACED)).toHaveLength(2);
  });

  test('without a from it is one call too', async () => {
    const { ask, platform } = worldWithWindow();

    await ask(`cmd=call&${LOGIN}&to=6505551230`);
    await ask(`cmd=call&${LOGIN}&to=6505551230&from=`);

    expect(platform.asked).toEqual([`GET ${FORWARDING_NUMBER}`, PLACED]);
  });

  test('a wrong password gets no session of anybody', async () => {
    const { ask } = worldWithWindow();
    await ask(CALL);

    expect(await ask(CALL.replace('password=1234', 'password=9999'))).toBe('FAILED Invalid User or Password');
  });

  test('while the first is being placed, the others wait for it', async () => {
    const { ask, platform, release } = worldWithHeldCall();

    const asked = [ask(CALL), ask(CALL), ask(CALL)];
    await release(ringOutAnswer());

    expect(await Promise.all(asked)).toEqual(['OK 18 3', 'OK 18 3', 'OK 18 3']);
    expect(platform.requests).toHaveLength(1);
  });

  test('who waits for a call that fails is told so, and one that is asked for afterwards is placed', async () => {
    const { ask, platform, release } = worldWithHeldCall();

    const asked = [ask(CALL), ask(CALL)];
    await release(refusal(503, 'CMN-201'));
    const answers = await Promise.all(asked);
    const later = ask(CALL);
    await release(ringOutAnswer());

    expect(answers).toEqual(['FAILED Service Unavailable', 'FAILED Service Unavailable']);
    expect(await later).toBe('OK 18 3');
    expect(platform.requests).toHaveLength(2);
  });

  test.each([
    ['refused it', refusal(400, 'CMN-101')],
    ['was busy', refusal(429, 'CMN-301')],
    ['was out of service', refusal(503, 'CMN-201')],
    ['had no token for it', new TokenPending('front-desk', 5_000)],
  ])('where nothing rings it is placed anew at once: a platform that %s', async (_what, failure) => {
    const { ask, platform } = worldWithWindow();
    platform.next.push(failure);

    expect(await ask(CALL)).toMatch(/^FAILED /);
    expect(await ask(CALL)).toBe('OK 18 3');
  });

  test.each([
    ['was in error', refusal(500, 'CMN-201')],
    ['gave no answer', new PlatformUnreachable('https://platform.example', undefined)],
    ['gave no session to keep', platformAnswer(200, 'no JSON')],
  ])('where it may ring it is placed anew when the 5 s are over: a platform that %s', async (_what, failure) => {
    const { ask, platform, time } = worldWithWindow();
    platform.next.push(failure);

    const failed = await ask(CALL);
    time.now += 4_999;
    const again = await ask(CALL);
    time.now += 1;
    const later = await ask(CALL);

    expect([failed, again, later]).toEqual(['FAILED Service Unavailable', 'FAILED Service Unavailable', 'OK 18 3']);
    expect(platform.asked).toEqual([PLACED, PLACED]);
  });

  test.each([
    ['was cancelled', platformAnswer(204), 'OK 20 3'],
    ['could not be cancelled', refusal(500, 'CMN-201'), 'FAILED Service Unavailable'],
  ])('a call whose session could not be kept, and that %s', async (_what, cancelled, told) => {
    const { ask, platform, sessions } = worldWithWindow();
    const { createSession } = sessions;
    sessions.createSession = async () => {
      sessions.createSession = createSession;
      throw new StoreUnavailable('it is full');
    };
    platform.next.push(ringOutAnswer(), cancelled);

    expect(await ask(CALL)).toBe('FAILED Service Unavailable');
    expect(await ask(CALL)).toBe(told);
  });

  test('no claim is left of a call that was placed, refused, or asked for again', async () => {
    const { ask, platform, claims } = worldWithWindow();
    platform.next.push(refusal(400, 'CMN-101'));

    await ask(CALL);
    await Promise.all([ask(CALL), ask(CALL)]);
    await ask(CALL);

    expect(claims.claims.size).toBe(0);
  });

  test.each([
    ['was', platformAnswer(204), 'OK 20 3'],
    ['had ended before it was', refusal(404, 'CMN-102'), 'OK 20 3'],
    ['could not be', refusal(403, 'CMN-401'), 'OK 18 3'],
  ])('a call that %s cancelled: the next one is told apart', async (_what, cancelled, told) => {
    const { ask, platform } = worldWithWindow();
    await ask(CALL);
    platform.next.push(cancelled);

    await ask(`cmd=cancel&sessionid=${RING_OUT_ID}`);

    expect(await ask(CALL)).toBe(told);
  });

  test('another process on the same store knows the first one', async () => {
    const { ask, sessions } = worldWithWindow();
    const restarted = worldWithWindow({ sessions });

    await ask(CALL);

    expect(await restarted.ask(CALL)).toBe('OK 18 3');
    expect(restarted.platform.requests).toEqual([]);
  });

  test('the Policy is asked for it too', async () => {
    const { api } = worldWithWindow({
      access: {
        findLegacyLogin: async () => ({ client: 'crm', connection: 'front-desk' }),
        permit: async (_client, _connection, address) => {
          if (address === '203.0.113.9') throw new PolicyForbids('crm', 'ipAllow', 'front-desk');
        },
      },
    });
    const call = { cmd: 'call', to: '6505551230', from: '6505551231' };

    expect(await api.answer(call, { address: '192.0.2.7' })).toBe('OK 18 3');
    expect(await api.answer(call, { address: '203.0.113.9' })).toBe('FAILED Permission Denied');
  });

  test('a clock that was set back does not make an earlier call the first one', async () => {
    const { ask, time } = worldWithWindow();
    await ask(CALL);

    time.now -= 60_000;

    expect(await ask(CALL)).toBe('OK 20 3');
  });

  test('with 0 every call is placed', async () => {
    const { ask, platform } = worldWithWindow({ repeatWindowMs: 0 });

    await Promise.all([ask(CALL), ask(CALL)]);

    expect(platform.asked).toEqual([PLACED, PLACED]);
  });

  test('the log tells it from a call that was placed', async () => {
    const { ask, lines } = worldWithWindow();

    await ask(CALL);
    await ask(CALL);

    expect(lines.map(({ fields }) => (fields as { outcome: string }).outcome)).toEqual(['ok', 'repeated']);
  });
});

/** A world whose platform answers a call when the test says. */
function worldWithHeldCall() {
  const held: ((answer: PlatformAnswer) => void)[] = [];
  const made = world();
  const { ask } = worldWithWindow({
    call: async (_connection, request) => {
      made.platform.requests.push(request);
      return new Promise<PlatformAnswer>((resolve) => held.push(resolve));
    },
  });
  return {
    ask,
    platform: made.platform,
    /** Answers the one request that waits, once it does. */
    release: async (answer: PlatformAnswer) => {
      await expect.poll(() => held.length).toBe(1);
      held.pop()?.(answer);
    },
  };
}
