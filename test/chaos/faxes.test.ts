import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openFaxes, sendFax, sentFaxes } from '../e2e/fax-clients.ts';
import { control, place, runUntil } from '../e2e/trunkline.ts';
import { figures } from '../figures.ts';

const FAX_PATH = '/restapi/v1.0/account/~/extension/~/fax';
const LIFE_MS = 2_000;
const { faxes: FAXES, limitMs: LIMIT_MS } = figures({ faxes: 16, limitMs: 120_000 }, { faxes: 500, limitMs: 900_000 });
const ENV = { TRUNKLINE_FAX_WAIT: '0', TRUNKLINE_FAX_SETTLE: '1', TRUNKLINE_LOG_LEVEL: 'silent' };
// None of the numbers that do something of their own.
const numberOf = (index: number) => `+1650555${1_000 + index}`;

test(`P5: ${FAXES} faxes, a gateway that is killed every 2 s, and a platform whose connections die before and after: each that was answered 0 is there once`, {
  timeout: LIMIT_MS + 60_000,
}, async () => {
  const at = await place();
  await (await runUntil('Ctrl-C stops both.', at, ['start'])).stop();
  await runUntil('sandbox.started', at, ['sandbox'], { TRUNKLINE_LOG_LEVEL: 'info' });
  await control(at, 'limits', { scale: 0 });
  for (let times = 0; times < FAXES / 8; times += 1) {
    for (const drop of ['before', 'after']) await control(at, 'faults', { match: { path: FAX_PATH }, times: 1, action: { drop } });
  }
  const until = Date.now() + LIMIT_MS;
  const answered = new Set<number>();
  let kills = 0;
  let isOver = false;

  const sending = Promise.all(
    Array.from({ length: 4 }, async (_, sender) => {
      for (let index = sender; index < FAXES; index += 4) {
        while (!answered.has(index) && Date.now() < until) {
          const document = new Blob([`%PDF-1.4\nplanted-document-${index}`.padEnd(20_000, '.')]);
          const fields = [
            ['Username', '18889363711*101'],
            ['Password', '1234'],
            ['Recipient', numberOf(index)],
            ['Attachment', document],
          ] as const;
          // Whoever hears nothing sends it again, as people do.
          const digit = await sendFax(at, fields).catch(() => undefined);
          if (digit === '0') answered.add(index);
          else await delay(50);
        }
      }
    }),
  );
  const living = (async () => {
    while (!isOver) {
      const gateway = await runUntil('Trunkline is ready.', at, ['serve'], ENV);
      await delay(LIFE_MS);
      if (isOver) return;
      await gateway.stop('SIGKILL');
      kills += 1;
    }
  })();
  await sending;
  while (Date.now() < until && !((await openFaxes(at).catch(() => 1)) === 0)) await delay(200);
  isOver = true;
  await living;

  const numbers = (await sentFaxes(at)).map(({ to }) => to[0]?.number);
  expect(answered.size).toBe(FAXES);
  expect(numbers.toSorted()).toEqual(Array.from({ length: FAXES }, (_, index) => numberOf(index)).toSorted());
  expect(kills).toBeGreaterThan(3);
  const folder = join(at.folder, 'data');
  const database = readdirSync(folder).filter((name) => name.startsWith('trunkline.db'));
  for (const name of database) expect(readFileSync(join(folder, name)).includes('planted-document')).toBe(false);
  console.log(`${FAXES} faxes over ${kills} kills`);
});
