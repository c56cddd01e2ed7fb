import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../until.ts';
import { openFaxes, sendFax, sentFaxes } from './fax-clients.ts';
import { ADMIN_TOKEN, control, manage, type Place, place, runUntil } from './trunkline.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
// The blocks that `ulimit -f` counts; POSIX says 512 bytes, some shells take 1,024.
const BLOCK_BYTES = 512;
const ROOM_BYTES = 256 * 1024;
const FAXES = 24;
const FAX_BYTES = 200_000;
const WHO = [
  ['Username', '18889363711*101'],
  ['Password', '1234'],
] as const;

test('35: a disk that is full: not ready, with the reason, and alive; nothing that was stored is lost, and with room it is ready again', {
  timeout: 180_000,
}, async () => {
  const at = await place();
  const first = await runUntil('Ctrl-C stops both.', at, ['start']);
  await manage(at, 'POST', 'clients', { name: 'kept', connections: ['front-desk'] });
  await first.stop();
  const bytes = statSync(join(at.folder, 'data/trunkline.db')).size;

  await serveWithin(at, bytes + ROOM_BYTES);
  const before = await readiness(at);
  const stored = await fillUp(at);
  const during = await readiness(at);
  const alive = (await fetch(`${at.gateway}/healthz`)).status;
  await stopServing();
  await runUntil('Trunkline is ready.', at, ['serve']);
  const after = await readiness(at);
  const there = await manage(at, 'GET', 'clients?limit=1000');

  expect([before.status, alive, after.status]).toEqual([200, 200, 200]);
  expect(during).toMatchObject({ status: 503, body: { reason: 'store_unavailable', detail: expect.stringMatching(/disk/) } });
  expect((there.body.items as { name: string }[]).map(({ name }) => name)).toEqual(expect.arrayContaining(['kept', ...stored]));
});

test('a fax that finds the disk full is answered 5, and nothing of it is ever sent; those answered 0 all are', { timeout: 180_000 }, async () => {
  const made = await place();
  const at = { ...made, env: { ...made.env, TRUNKLINE_FAX_WAIT: '0' } };
  await (await runUntil('Ctrl-C stops both.', at, ['start'])).stop();
  const numbers = Array.from({ length: FAXES }, (_, index) => `+1650555${1_000 + index}`);

  // Without a sandbox none of them leaves, and so makes room.
  await serveWithin(at, statSync(join(at.folder, 'data/trunkline.db')).size + 4 * ROOM_BYTES);
  const digits: string[] = [];
  for (const number of numbers)
    digits.push(await sendFax(at, [...WHO, ['Recipient', number], ['Attachment', new Blob(['%PDF-1.4\n'.padEnd(FAX_BYTES, '.')])]]));
  await stopServing();
  await runUntil('sandbox.started', at, ['sandbox'], { TRUNKLINE_LOG_LEVEL: 'info' });
  await control(at, 'limits', { scale: 0 });
  await runUntil('Trunkline is ready.', at, ['serve']);
  await until(async () => (await openFaxes(at)) === 0, 120);

  const accepted = numbers.filter((_, index) => digits[index] === '0');
  expect(new Set(digits)).toEqual(new Set(['0', '5']));
  expect((await sentFaxes(at)).map(({ to }) => to[0]?.number)).toEqual(accepted);
  expect((await manage(at, 'GET', 'faxes?limit=1000')).body.items).toHaveLength(accepted.length);
});

async function stopServing(): Promise<void> {
  serving?.kill('SIGKILL');
  await ended;
}

let serving: ReturnType<typeof spawn> | undefined;
let ended: Promise<unknown> | undefined;

/** A gateway none of whose files can grow beyond that: to the database that is a full disk. */
async function serveWithin(at: Place, bytes: number): Promise<void> {
  const script = `ulimit -f ${Math.ceil(bytes / BLOCK_BYTES)}; exec "${process.execPath}" "${MAIN}" serve`;
  serving = spawn('sh', ['-c', script], { cwd: at.folder, env: { PATH: process.env.PATH, ...at.env, TRUNKLINE_LOG_LEVEL: 'silent' }, stdio: 'ignore' });
  ended = once(serving, 'close');
  onTestFinished(() => {
    serving?.kill('SIGKILL');
  });
  while (!(await fetch(`${at.gateway}/readyz`).catch(() => undefined))?.ok) await delay(50);
}

// Where a Client has no room any more, a line of the audit trail has: so often none of either may be written.
const FAILURES = 30;

/** Creates Clients until none can be, nor anything else. @returns those that were */
async function fillUp(at: Place): Promise<string[]> {
  const stored: string[] = [];
  let failures = 0;
  for (let index = 0; index < 2_000 && failures < FAILURES; index += 1) {
    const { status } = await manage(at, 'POST', 'clients', { name: `client-${index}`, connections: ['front-desk'] });
    if (status === 201) stored.push(`client-${index}`);
    failures = status === 201 ? 0 : failures + 1;
  }
  return stored;
}

async function readiness(at: Place): Promise<{ status: number; body: Record<string, unknown> }> {
  // What was known a moment ago is not asked again.
  await delay(5_100);
  const answer = await fetch(`${at.gateway}/readyz`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
