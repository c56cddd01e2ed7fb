import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inside } from '../../../test/sandbox-inside.ts';
import { BACK_OFFICE, BACK_OFFICE_NUMBER, FRONT_DESK_NUMBER, messaging, recordsOf, STORE, STRANGER } from '../../../test/sandbox-messages.ts';
import { EXTENSION } from '../../../test/sandbox-world.ts';
import { DEMO_DATA } from '../demo.ts';
import type { SandboxOptions } from '../start.ts';
import { FaxCalls } from './fax-calls.ts';

const LOG = `${EXTENSION}/call-log`;

async function faxing(options: SandboxOptions = {}) {
  const world = await messaging(options);
  return { ...world, log: async (as = world.token) => recordsOf(await world.get(LOG, as)) };
}

test('a fax is in the call log once it is delivered, and not before', async () => {
  const { fax, log, sandbox } = await faxing();
  const { id, uri } = (await fax({ to: [{ phoneNumber: STRANGER, name: 'Ann' }] })).json;

  await sandbox.advance(9_999);
  const before = await log();
  await sandbox.advance(1);
  await sandbox.advance(60_000);

  expect(before).toEqual([]);
  expect(await log()).toEqual([
    expect.objectContaining({
      type: 'Fax',
      direction: 'Outbound',
      action: 'Outgoing Fax',
      result: 'Sent',
      from: { phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' },
      to: { phoneNumber: STRANGER, name: 'Ann' },
      startTime: '2026-11-21T12:00:00.000Z',
      duration: 10,
      message: { id: String(id), type: 'Fax', uri },
    }),
  ]);
});

test.each([
  ['0001', 'Busy'],
  ['0002', 'No Answer'],
  ['0003', 'Fax Not Sent'],
  ['0004', 'Call Failed'],
  ['0005', 'Restricted Number'],
  ['0006', 'International Disabled'],
])('a fax to …%s has gone wrong: %s', async (lastDigits, result) => {
  const { fax, log, sandbox } = await faxing();
  await fax({ to: [{ phoneNumber: `+1650555${lastDigits}` }] });

  await sandbox.advance(60_000);

  expect(await log()).toEqual([expect.objectContaining({ action: 'Outgoing Fax', result, durationMs: 0 })]);
});

test('each recipient was called by itself, and a user who was finds the same call in its own log', async () => {
  const { fax, log, sandbox, signInAs, list } = await faxing();
  await fax({ to: [{ phoneNumber: STRANGER }, { phoneNumber: BACK_OFFICE_NUMBER }] });

  await sandbox.advance(60_000);

  const backOffice = await signInAs(BACK_OFFICE);
  const [sent, received, [message]] = [await log(), await log(backOffice), await list('', backOffice)];
  const call = sent.find(({ to }) => (to as unknown as { phoneNumber: string }).phoneNumber === BACK_OFFICE_NUMBER);
  expect(sent).toHaveLength(2);
  expect(new Set(sent.map(({ sessionId }) => sessionId)).size).toBe(2);
  expect(received).toEqual([
    expect.objectContaining({
      direction: 'Inbound',
      action: 'Incoming Fax',
      result: 'Received',
      sessionId: call?.sessionId,
      startTime: call?.startTime,
      duration: 10,
      from: { phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' },
      message: expect.objectContaining({ id: String(message?.id) }),
    }),
  ]);
});

test('a fax that comes from outside was a call too; a text message is none', async () => {
  const { postJson, log, get, token } = await faxing();
  const arrive = (type: string) => postJson('/_sandbox/messages', { type, from: STRANGER, to: FRONT_DESK_NUMBER });

  const { id } = (await arrive('Fax')).json;
  await arrive('SMS');
  await arrive('VoiceMail');

  const records = await log();
  expect(records).toEqual([expect.objectContaining({ action: 'Incoming Fax', result: 'Received', startTime: '2026-11-21T11:59:50.000Z', duration: 10 })]);
  expect(records[0]?.message).toMatchObject({ id });
  expect((await get(`${STORE}/${id}`, token)).status).toBe(200);
});

test('a fax that was cancelled called nobody', async () => {
  const { fax, change, log, sandbox } = await faxing();
  const { id } = (await fax({ to: [{ phoneNumber: STRANGER }], sendTime: '2026-11-21T13:00:00Z' })).json;

  await change('DELETE', `${STORE}/${id}`, undefined);
  await sandbox.advance(2 * 3_600_000);

  expect(await log()).toEqual([]);
});

test('what is told twice is written down once', () => {
  const { world } = inside();
  const [owner] = DEMO_DATA.accounts.flatMap(({ extensions }) => extensions);
  const from = { phoneNumber: FRONT_DESK_NUMBER };
  const fax = world.messages.send({ ownerId: String(owner?.id), type: 'Fax', from, to: [{ phoneNumber: STRANGER }], files: [] });
  const recipient = { ...fax.to[0]!, messageStatus: 'Delivered' as const };
  const faxCalls = new FaxCalls(world.callLog, world.directory);

  const calls = [faxCalls.logSent(fax, recipient, fax.leavesAt), faxCalls.logSent(fax, recipient, fax.leavesAt)];
  faxCalls.logReceived(fax);
  faxCalls.logReceived(fax);

  expect(calls[1]).toBe(calls[0]);
  expect(world.callLog.list({ ownerId: fax.ownerId }).map(({ direction }) => direction)).toEqual(['Outbound', 'Inbound']);
});

test('a restart writes nothing down twice, and what came through meanwhile at its time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-fax-calls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sandbox.db');
  const before = await faxing({ file });
  await before.fax({ to: [{ phoneNumber: STRANGER }, { phoneNumber: '+16505550002' }] });
  await before.sandbox.advance(10_000);
  await before.sandbox.close();

  const after = await faxing({ file });
  await after.sandbox.advance(3_600_000);

  expect((await after.log()).map(({ result, durationMs }) => [result, durationMs]).sort()).toEqual([
    ['No Answer', 0],
    ['Sent', 10_000],
  ]);
});
