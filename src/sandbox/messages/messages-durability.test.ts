import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { BACK_OFFICE, BACK_OFFICE_NUMBER, FRONT_DESK_NUMBER, messaging, recordsOf, STORE, STRANGER, SYNC } from '../../../test/sandbox-messages.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-messages-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'sandbox.db');
}

/** How many contents and messages a second reader finds in the file. */
function countsIn(file: string) {
  const reader = new BetterSqlite3(file, { readonly: true });
  const count = (query: string) => reader.prepare(query).pluck().get() as number;
  const counts = { contents: count('select count(*) from contents'), messages: count("select count(*) from documents where kind = 'message'") };
  reader.close();
  return counts;
}

test('messages and their contents outlive a restart, and go on their way', async () => {
  const file = newFile();
  const before = await messaging({ file });
  const sent = (await before.fax({ to: [{ phoneNumber: STRANGER }, { phoneNumber: BACK_OFFICE_NUMBER }] })).json;
  const scheduled = (await before.fax({ to: [{ phoneNumber: STRANGER }], sendTime: '2026-11-21T13:00:00Z' })).json;
  await before.sandbox.advance(5_000);
  const state = before.sandbox.state();
  await before.sandbox.close();

  const after = await messaging({ file });
  const restored = after.sandbox.state();
  const content = await after.get(`${STORE}/${sent.id}/content/${sent.id}`, after.token);
  await after.sandbox.advance(5_000);
  const sentAfter = await after.read(sent.id);
  const received = await after.list('', await after.signInAs(BACK_OFFICE));
  await after.sandbox.advance(3_600_000);

  expect(restored.messages).toEqual(state.messages);
  expect(content.text).toBe('Hello');
  expect(sentAfter.to.map(({ messageStatus }) => messageStatus)).toEqual(['Delivered', 'Delivered']);
  expect(received).toHaveLength(1);
  expect((await after.read(scheduled.id)).to[0]?.messageStatus).toBe('Delivered');
});

test('what was due while the sandbox was stopped has happened at its time', async () => {
  const file = newFile();
  const before = await messaging({ file });
  const { id } = (await before.sms({ from: { phoneNumber: FRONT_DESK_NUMBER }, to: [{ phoneNumber: STRANGER }], text: 'x' })).json;
  await before.sandbox.close();

  const after = await messaging({ file });
  await after.sandbox.advance(60_000);

  expect(await after.read(id)).toMatchObject({ messageStatus: 'Delivered', lastModifiedTime: '2026-11-21T12:00:02.000Z' });
});

test('a fax that was cancelled stays cancelled, a token to synchronize by stays good, and what is purged is forgotten in time', async () => {
  const file = newFile();
  const before = await messaging({ file });
  const cancelled = (await before.fax({ to: [{ phoneNumber: STRANGER }], sendTime: '2026-11-21T13:00:00Z' })).json.id;
  await before.change('DELETE', `${STORE}/${cancelled}`, undefined);
  const purged = (await before.sandbox.receiveMessage({ type: 'Fax', from: STRANGER, to: FRONT_DESK_NUMBER })).id;
  await before.change('DELETE', `${STORE}/${purged}?purge=true`, undefined);
  const { syncToken } = (await before.get(SYNC, before.token)).json.syncInfo as { syncToken: string };
  await before.sandbox.close();

  const after = await messaging({ file });
  await after.sandbox.receiveMessage({ type: 'SMS', from: STRANGER, to: FRONT_DESK_NUMBER, text: 'new' });
  const synchronized = recordsOf(await after.get(`${SYNC}?syncType=ISync&syncToken=${syncToken}`, after.token));
  await after.sandbox.advance(7 * 24 * 3_600_000);

  expect(synchronized.map(({ subject }) => subject)).toEqual(['new']);
  expect((await after.read(cancelled)).messageStatus).toBe('Queued');
  expect(after.sandbox.state().messages.map(({ id }) => id)).not.toContain(purged);
});

test('the file keeps a document as long as its message, and no text twice', async () => {
  const file = newFile();
  const { fax, sms, change, sandbox } = await messaging({ file });
  const { id } = (await fax({ to: [{ phoneNumber: STRANGER }] })).json;
  await sms({ from: { phoneNumber: FRONT_DESK_NUMBER }, to: [{ phoneNumber: STRANGER }], text: 'x' });
  const sent = countsIn(file);

  await change('DELETE', `${STORE}/${id}`, undefined);
  const deleted = countsIn(file);
  await change('DELETE', `${STORE}/${id}`, undefined);
  const purged = countsIn(file);
  await sandbox.reset();

  expect([sent, deleted, purged]).toEqual([
    { contents: 1, messages: 2 },
    { contents: 1, messages: 2 },
    { contents: 0, messages: 2 },
  ]);
  expect(countsIn(file)).toEqual({ contents: 0, messages: 0 });
  expect(sandbox.state().messages).toEqual([]);
});
