import { describe, expect, test } from 'vitest';
import { PlatformUnreachable, PolicyForbids } from '../../src/domain/errors.ts';
import { StatusCache } from '../../src/legacy/ringout/status-cache.ts';
import type { PlatformAnswer } from '../../src/ringcentral/calls/request.ts';
import { LOGIN, platformAnswer, RING_OUT, RING_OUT_ID, refusal, ringOutAnswer, world } from './world.ts';

const CALL = `cmd=call&${LOGIN}&to=6505551230&from=6505551231`;
const STATUS = 'cmd=status&sessionid=18';
const RINGING = 'OK 18 1;6505551230;1;6505551231;1';
const TALKING = 'OK 18 0;6505551230;0;6505551231;0';
const talking = () => ringOutAnswer('Success', 'Success', 'Success');

/** A world that keeps a status for 2 s, in which session 18 is a call under way. */
async function worldWithCall(more: Parameters<typeof world>[0] = {}) {
  const made = world({ statusCacheMs: 2_000, ...more });
  await made.ask(CALL);
  made.platform.requests.length = 0;
  made.permitted.length = 0;
  return made;
}

describe('the status cache', () => {
  test('a status is told again for 2 s, and asked for anew afterwards', async () => {
    const { ask, platform, time } = await worldWithCall();
    platform.next.push(ringOutAnswer(), talking());

    const first = await ask(STATUS);
    time.now += 1_999;
    const again = await ask(STATUS);
    time.now += 1;
    const later = await ask(STATUS);

    expect([first, again, later]).toEqual([RINGING, RINGING, TALKING]);
    expect(platform.requests).toHaveLength(2);
  });

  test('polls at the same time share one request to the platform, also under both ids', async () => {
    const answers: ((answer: PlatformAnswer) => void)[] = [];
    const held = await worldWithHeldStatus(answers);

    const polls = [STATUS, STATUS, `cmd=status&sessionid=${RING_OUT_ID}`].map((query) => held.ask(query));
    await expect.poll(() => held.permitted.length).toBe(3);
    for (const answer of answers) answer(talking());

    expect(await Promise.all(polls)).toEqual([TALKING, TALKING, TALKING.replace('18', RING_OUT_ID)]);
    expect(answers).toHaveLength(1);
  });

  test('two calls do not share a status', async () => {
    const { ask, platform } = await worldWithCall();
    platform.next.push(platformAnswer(200, { id: 'another', status: { callStatus: 'InProgress' } }));
    await ask(CALL);
    platform.requests.length = 0;

    await ask(STATUS);
    await ask('cmd=status&sessionid=20');

    expect(platform.asked).toEqual([`GET ${RING_OUT}/${RING_OUT_ID}`, `GET ${RING_OUT}/another`]);
  });

  test.each([
    ['unreachable', () => new PlatformUnreachable('https://platform.example', undefined), 'FAILED Service Unavailable'],
    ['in error', () => refusal(503, 'CMN-201'), 'FAILED Service Unavailable'],
    ['without it', () => refusal(404, 'CMN-102'), 'OK 18 '],
  ])('a failure is not kept: a platform that was %s is asked again', async (_what, failure, told) => {
    const { ask, platform } = await worldWithCall();
    platform.next.push(failure());

    expect(await ask(STATUS)).toBe(told);
    expect(await ask(STATUS)).toBe(RINGING);
  });

  test('cancel drops what was known', async () => {
    const { ask, platform } = await worldWithCall();
    await ask(STATUS);

    await ask('cmd=cancel&sessionid=18');
    platform.next.push(refusal(404, 'CMN-102'));

    expect(await ask(STATUS)).toBe('OK 18 ');
  });

  test('an answer that was under way when the call was cancelled is not kept', async () => {
    const answers: ((answer: PlatformAnswer) => void)[] = [];
    const held = await worldWithHeldStatus(answers);
    const before = held.ask(STATUS);
    await expect.poll(() => answers.length).toBe(1);

    await held.ask('cmd=cancel&sessionid=18');
    answers[0]?.(talking());
    await before;
    const after = held.ask(STATUS);
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.(refusal(404, 'CMN-102'));

    expect(await after).toBe('OK 18 ');
  });

  test('the Policy is asked for every poll, also for one that the platform is not', async () => {
    const forbidden = new Set<string>();
    const { ask, api } = await worldWithCall({
      access: {
        findLegacyLogin: async () => ({ client: 'crm', connection: 'front-desk' }),
        permit: async (_client, _connection, address) => {
          if (forbidden.has(address)) throw new PolicyForbids('crm', 'ipAllow', 'front-desk');
        },
      },
    });
    await ask(STATUS);
    forbidden.add('203.0.113.9');

    expect(await api.answer({ cmd: 'status', sessionid: '18' }, { address: '203.0.113.9' })).toBe('FAILED Permission Denied');
  });

  test('with 0 every poll asks the platform', async () => {
    const { ask, platform } = await worldWithCall({ statusCacheMs: 0 });

    await Promise.all([ask(STATUS), ask(STATUS)]);

    expect(platform.requests).toHaveLength(2);
  });

  test('a clock that was set back does not keep a status for hours', async () => {
    const { ask, platform, time } = await worldWithCall();
    await ask(STATUS);

    time.now -= 60 * 60 * 1_000;
    platform.next.push(talking());

    expect(await ask(STATUS)).toBe(TALKING);
  });

  test('its memory is bounded: of more calls than it keeps, the oldest are asked for again', async () => {
    const cache = new StatusCache({ now: () => 0 }, 2_000);
    const asked: number[] = [];
    const find = (call: number) =>
      cache.find(String(call), async () => {
        asked.push(call);
        return { id: String(call), status: { callStatus: '', callerStatus: '', calleeStatus: '' } };
      });
    for (let call = 0; call < 10_001; call += 1) await find(call);
    asked.length = 0;

    await find(10_000);
    await find(1);
    await find(0);

    expect(asked).toEqual([0]);
  });
});

/** A world with a call, whose status the platform tells when the test says. */
async function worldWithHeldStatus(answers: ((answer: PlatformAnswer) => void)[]) {
  const made = world();
  return worldWithCall({
    call: async (_connection, request) =>
      request.method === 'GET' ? new Promise<PlatformAnswer>((resolve) => answers.push(resolve)) : made.platform.answer(request),
  });
}
