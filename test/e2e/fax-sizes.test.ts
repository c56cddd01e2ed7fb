import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { figures } from '../figures.ts';
import { until } from '../until.ts';
import { documentOf, openFaxes, sendFax, sentFaxes, watchPeak } from './fax-clients.ts';
import { control, place, runUntil } from './trunkline.ts';

const MIB = 1024 * 1024;
const GROWTH_BYTES = 32 * MIB;
// What starting and the first fax left is given back to the system.
const IDLE_MS = 1_000;
const UPLOADS = 64;
const UPLOAD_BYTES = figures(MIB, 50 * MIB - 64);
const WHO = [
  ['Username', '18889363711*101'],
  ['Password', '1234'],
] as const;

/** Gateway and sandbox, each a process of its own. */
async function world() {
  const at = await place();
  await (await runUntil('Ctrl-C stops both.', at, ['start'])).stop();
  await runUntil('sandbox.started', at, ['sandbox'], { TRUNKLINE_LOG_LEVEL: 'info' });
  await control(at, 'limits', { scale: 0 });
  const gateway = await runUntil('Trunkline is ready.', at, ['serve'], { TRUNKLINE_FAX_WAIT: '60', TRUNKLINE_FAX_REPEAT_WINDOW: '0' });
  return { at, pid: gateway.process.pid! };
}

function documentOfBytes(bytes: number): Buffer {
  return Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(bytes - 9)]);
}

test('P1: a fax of 50 MB to three recipients arrives byte for byte, and the gateway grows by less than 32 MiB', { timeout: 180_000 }, async () => {
  const { at, pid } = await world();
  const recipients = ['6505551230|John Doe', '6505551231', '6505551232'].map((recipient) => ['Recipient', recipient] as const);
  const content = documentOfBytes(50 * MIB);
  // What is loaded with the first fax, however small, is not what a large one takes.
  await sendFax(at, [...WHO, ...recipients, ['Attachment', new Blob([documentOfBytes(10_000)])]]);
  await delay(IDLE_MS);
  const peak = watchPeak(pid);

  const digit = await sendFax(at, [...WHO, ...recipients, ['Attachment', new Blob([content])]]);

  const growth = peak();
  const sent = (await sentFaxes(at)).at(-1)!;
  expect(digit).toBe('0');
  expect(sent.to.map(({ number }) => number)).toEqual(['+16505551230', '+16505551231', '+16505551232']);
  expect((await documentOf(at, sent)).equals(content)).toBe(true);
  console.log(`a fax of 50 MB: the gateway grew by ${(growth / MIB).toFixed(1)} MiB`);
  expect(growth).toBeLessThan(GROWTH_BYTES);
});

test(`${UPLOADS} uploads of ${Math.round(UPLOAD_BYTES / MIB)} MB at once are all taken, and sent`, { timeout: 1_200_000 }, async () => {
  const { at } = await world();
  const document = new Blob([documentOfBytes(UPLOAD_BYTES)]);

  const digits = await Promise.all(
    Array.from({ length: UPLOADS }, (_, index) => sendFax(at, [...WHO, ['Recipient', `650555${1_000 + index}`], ['Attachment', document]])),
  );
  await until(async () => (await openFaxes(at)) === 0, 200);

  expect(digits).toEqual(Array(UPLOADS).fill('0'));
  expect(await sentFaxes(at)).toHaveLength(UPLOADS);
});
