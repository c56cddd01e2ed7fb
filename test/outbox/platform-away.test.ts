import { expect, test } from 'vitest';
import { FAX_PATH, outboxWorld } from './world.ts';

const HOUR_MS = 3_600_000;
// More than the ten of a minute that the platform takes from a user (Heavy group).
const FAXES = 25;
// Connections to it are refused.
const NOWHERE = 'http://127.0.0.1:1';

test('what is accepted while the platform is away for an hour is delivered afterwards, in its order and within the rate limit', {
  timeout: 120_000,
}, async () => {
  let isAway = false;
  const at = await outboxWorld({
    limited: true,
    through: (fetch) => (url, init) => {
      const { pathname, search } = new URL(url);
      return fetch(isAway ? `${NOWHERE}${pathname}${search}` : url, init);
    },
  });
  const ending = new AbortController();
  const running = at.outbox.run(ending.signal);
  const pass = async (ms: number, stepMs: number) => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      at.clock.advance(stepMs);
      // What is due now is under way by real sockets.
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  };
  const accepted: string[] = [];

  isAway = true;
  for (let index = 0; index < FAXES; index += 1) {
    accepted.push(await at.accept(undefined, { recipients: [{ phoneNumber: `+1650555${1_000 + index}` }] }));
    await pass(HOUR_MS / FAXES, 8_000);
  }
  const during = at.sent().length;
  isAway = false;
  for (let minutes = 0; minutes < 60 && at.sent().length < FAXES; minutes += 1) await pass(60_000, 500);
  await pass(60_000, 500);
  ending.abort();
  at.clock.advance(60_000);
  await running;

  expect(during).toBe(0);
  expect(at.sent().map(({ to }) => to[0]?.number)).toEqual(accepted.map((_, index) => `+1650555${1_000 + index}`));
  for (const id of accepted) expect(await at.find(id)).toMatchObject({ messageId: expect.any(String) });
  // The platform's own judgement of its limits.
  expect(at.sandbox.requests(FAX_PATH).map(({ status }) => status)).toEqual(Array(FAXES).fill(200));
});
