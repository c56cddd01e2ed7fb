import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { outside, RING_OUT } from '../../../test/sandbox-world.ts';
import { startReceiver } from '../../../test/webhook-receiver.ts';
import type { SandboxOptions } from '../start.ts';

const SESSIONS = '/restapi/v1.0/account/~/extension/~/telephony/sessions';
const GOOD = '+16505551230';

/** front-desk, which hears of its calls, and what it has heard. */
async function listening(eventFilters: readonly string[] = [SESSIONS], options: SandboxOptions = {}) {
  const world = await outside(options);
  const receiver = await startReceiver();
  const { access_token: token } = await world.signIn();
  const deliveryMode = { transportType: 'WebHook', address: receiver.origin };
  const subscribed = await world.postJson('/restapi/v1.0/subscription', { eventFilters, deliveryMode }, token);
  expect(subscribed.status).toBe(200);
  const heard = async (count: number) =>
    (await receiver.arrived(count)).map(({ event, body }) => {
      const { sequence, eventTime, parties } = body as { sequence: number; eventTime: string; parties: { status: { code: string; reason?: string } }[] };
      const { code, reason } = parties[0]?.status ?? {};
      return {
        event: String(event),
        sequence,
        seconds: (Date.parse(eventTime) - world.clock.now()) / 1_000,
        status: reason === undefined ? code : `${code} ${reason}`,
      };
    });
  const call = async (to = GOOD, from = '+16505551231') =>
    String((await world.postJson(RING_OUT, { from: { phoneNumber: from }, to: { phoneNumber: to } }, token)).json.id);
  return { ...world, token, receiver, heard, call };
}

describe('a call', () => {
  test('is told of as it goes on', async () => {
    const { sandbox, call, heard, receiver } = await listening();
    const id = await call();
    for (const seconds of [2, 2, 56, 100]) await sandbox.advance(seconds * 1_000);

    expect((await heard(4)).map(({ sequence, seconds, status }) => [sequence, seconds, status])).toEqual([
      [1, 0, 'Setup'],
      [2, 2, 'Proceeding'],
      [3, 4, 'Answered'],
      [4, 60, 'Disconnected CallFinished'],
    ]);
    const [first] = receiver.notifications();
    expect(first).toMatchObject({
      event: '/restapi/v1.0/account/403140004/extension/403141004/telephony/sessions',
      ownerId: '403141004',
      body: {
        telephonySessionId: id,
        sessionId: expect.stringMatching(/^\d{18}$/),
        serverId: '10.62.24.238.SBX',
        accountId: '403140004',
        extensionId: '403141004',
        origin: { type: 'RingOut' },
        parties: [{ direction: 'Outbound', to: { phoneNumber: GOOD }, from: { phoneNumber: '+16505551231', extensionId: '403141004' }, missedCall: false }],
      },
    });
  });

  test('is told of whole though the clock jumps past its end', async () => {
    const { sandbox, call, heard } = await listening();
    await call();

    await sandbox.advance(3_600_000);

    expect((await heard(4)).map(({ seconds }) => seconds)).toEqual([0, 2, 4, 60]);
  });

  test.each([
    ['0001', 'TargetBusy', 4],
    ['0002', 'NoAnswer', 20],
    ['0003', 'Rejected', 4],
    ['0004', 'InternalError', 4],
    ['0005', 'DestinationBlocked', 4],
    ['0006', 'InternationalDisabled', 4],
  ])('whose callee ends in %s ends with %s', async (ending, reason, after) => {
    const { sandbox, call, heard } = await listening();
    await call(`+1650555${ending}`);

    await sandbox.advance(100_000);

    expect((await heard(3)).map(({ seconds, status }) => [seconds, status])).toEqual([
      [0, 'Setup'],
      [2, 'Proceeding'],
      [after, `Disconnected ${reason}`],
    ]);
  });

  test('whose caller does not answer never proceeds', async () => {
    const { sandbox, call, heard } = await listening();
    await call(GOOD, '+16505550002');

    await sandbox.advance(100_000);

    expect((await heard(2)).map(({ seconds, status }) => [seconds, status])).toEqual([
      [0, 'Setup'],
      [20, 'Disconnected NoAnswer'],
    ]);
  });

  test('that is cancelled ends then, and nothing more is said', async () => {
    const { sandbox, call, heard, ask, token } = await listening();
    const id = await call();
    await sandbox.advance(3_000);

    await ask(`${RING_OUT}/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    await sandbox.advance(100_000);
    await call('+16505550001');

    expect((await heard(4)).map(({ sequence, status }) => [sequence, status])).toEqual([
      [1, 'Setup'],
      [2, 'Proceeding'],
      [3, 'Disconnected Cancelled'],
      [1, 'Setup'],
    ]);
  });

  test('is told of by status, and to those who hear of the whole account', async () => {
    const { sandbox, call, heard } = await listening([`${SESSIONS}?statusCode=Answered`, '/restapi/v1.0/account/~/telephony/sessions?statusCode=Disconnected']);
    await call();

    await sandbox.advance(100_000);

    expect((await heard(2)).map(({ event, status }) => [event, status])).toEqual([
      ['/restapi/v1.0/account/403140004/extension/403141004/telephony/sessions?statusCode=Answered', 'Answered'],
      ['/restapi/v1.0/account/403140004/telephony/sessions?statusCode=Disconnected', 'Disconnected CallFinished'],
    ]);
  });

  test('goes on being told of after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-calls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'sandbox.db');
    const { sandbox, call, heard } = await listening([SESSIONS], { file });
    await call();
    await sandbox.advance(2_000);
    await heard(2);
    await sandbox.close();

    const again = await outside({ file });
    await again.sandbox.advance(100_000);

    expect((await heard(4)).map(({ sequence, seconds }) => [sequence, seconds])).toEqual([
      [1, 0],
      [2, 2],
      [3, 4],
      [4, 60],
    ]);
  });
});
