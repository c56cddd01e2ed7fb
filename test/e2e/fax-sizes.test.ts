import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { figures } from '../figures.ts';
import { until } from '../until.ts';
import { documentOf, openFaxes, residentBytes, sendFax, sentFaxes } from './fax-clients.ts';
import { control, place, runUntil } from './trunkline.ts';

const MIB = 1024 * 1024;
const GROWTH_BYTES = 32 * MIB;
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

test('P1: a fax of 50 MB to three recipients arrives byte for byte, and after one such fax the next does not let the gateway grow by 32 MiB', {
  timeout: 180_000,
}, async () => {
  const { at, pid } = await world();
  const recipients = ['6505551230|John Doe', '6505551231', '6505551232'].map((recipient) => ['Recipient', recipient] as const);
  // What passes through is collected when V8 sees fit, some tens of megabytes later; what stays would come on top with each fax.
  for (let times = 0; times < 2; times += 1) await sendFax(at, [...WHO, ...recipients, ['Attachment', new Blob([documentOfBytes(50 * MIB)])]]);
  const content = documentOfBytes(50 * MIB);
  const before = residentBytes(pid);
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, residentBytes(pid));
  }, 10);

  const digit = await sendFax(at, [...WHO, ...recipients, ['Attachment', new Blob([content])]]);
  clearInterval(watching);

  const sent = (await sentFaxes(at)).at(-1)!;
  expect(digit).toBe('0');
  expect(sent.to.map(({ number }) => number)).toEqual(['+16505551230', '+16505551231', '+16505551232']);
  expect((await documentOf(at, sent)).equals(content)).toBe(true);
  console.log(`the third fax of 50 MB: the gateway grew by ${((most - before) / MIB).toFixed(1)} MiB`);
  expect(most - before).toBeLessThan(GROWTH_BYTES);
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
