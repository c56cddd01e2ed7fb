import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/manual-clock.ts';
import { hook, MESSAGES, MESSAGES_OF_FRONT_DESK, numbersOf, REMINDER, SUBSCRIPTION, subscriber } from '../../../test/subscriber.ts';
import { failing, startReceiver, welcome } from '../../../test/webhook-receiver.ts';
import { DEMO_DATA } from '../demo.ts';

describe('a notification', () => {
  test('says what happened, to whom it is said, and shows the verification token', async () => {
    const { subscribe, emit, receiver } = await subscriber();
    const { json } = await subscribe(hook(`${receiver.origin}/hook`, { verificationToken: 'hello-world' }));

    await emit(1);

    expect(await receiver.arrived(1)).toEqual([
      {
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        event: MESSAGES_OF_FRONT_DESK,
        timestamp: '2026-11-21T12:00:00.000Z',
        subscriptionId: json.id,
        ownerId: '403141004',
        body: { number: 1 },
      },
    ]);
    const { method, headers } = receiver.received.at(-1) ?? {};
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'verification-token': 'hello-world',
      'user-agent': 'RingCentral-Webhook/8.3',
      'content-type': 'application/json; charset=UTF-8',
      accept: 'application/json',
      'accept-encoding': 'UTF-8',
    });
    expect(json.deliveryMode).not.toHaveProperty('verificationToken');
  });

  test('comes for the filters that mean the event, each by its name', async () => {
    const { subscribe, sandbox, receiver } = await subscriber();
    await subscribe({ eventFilters: [`${MESSAGES}?type=SMS&direction=Inbound`, `${MESSAGES}?type=Fax&type=SMS`, `${MESSAGES}?type=Fax`] });

    await sandbox.emitEvent({ filter: MESSAGES, ownerId: '403141004', body: {}, attributes: { type: 'SMS', direction: 'Outbound' } });
    await sandbox.emitEvent({ filter: MESSAGES, ownerId: '403141004', body: {}, attributes: { type: 'SMS', direction: 'Inbound' } });

    expect((await receiver.arrived(3)).map(({ event }) => String(event).split('?')[1])).toEqual([
      'type=Fax&type=SMS',
      'type=SMS&direction=Inbound',
      'type=Fax&type=SMS',
    ]);
  });

  test("of another user, or of an event outside any account that is another's, does not come", async () => {
    const apps = DEMO_DATA.apps.map((app) => ({ ...app, permissions: [...app.permissions, 'TeamMessaging'] }));
    const { subscribe, sandbox, receiver } = await subscriber({ data: { ...DEMO_DATA, apps } });
    const posts = '/team-messaging/v1/posts';
    await subscribe({ eventFilters: [MESSAGES, posts] });

    await sandbox.emitEvent({ filter: MESSAGES, ownerId: '1110475004', body: { number: 1 } });
    await sandbox.emitEvent({ filter: posts, ownerId: '1110475004', body: { number: 2 } });
    await sandbox.emitEvent({ filter: posts, ownerId: '403141004', body: { number: 3 } });

    expect(numbersOf(await receiver.arrived(1))).toEqual([3]);
  });

  test('comes after those before it, one at a time', async () => {
    const { subscribe, emit, receiver } = await subscriber();
    await subscribe();
    let underWay = 0;
    let most = 0;
    receiver.answerWith((request, response) => {
      most = Math.max(most, ++underWay);
      setTimeout(() => {
        underWay -= 1;
        welcome(request, response);
      }, Math.random() * 10);
    });

    for (let number = 0; number < 20; number++) await emit(number);

    expect(numbersOf(await receiver.arrived(20))).toEqual(Array.from({ length: 20 }, (_, number) => number));
    expect(most).toBe(1);
  });

  test('of a slow endpoint keeps nobody else waiting', async () => {
    const { subscribe, emit, receiver } = await subscriber();
    const slow = await startReceiver();
    await subscribe(hook(slow.origin));
    await subscribe();
    slow.answerWith(() => {});

    for (let number = 0; number < 5; number++) await emit(number);

    expect(numbersOf(await receiver.arrived(5))).toEqual([0, 1, 2, 3, 4]);
    expect(slow.notifications()).toHaveLength(1);
  });

  test('that fails is repeated after 5, 30 and 120 s, its successors after it; then the endpoint is blacklisted', async () => {
    const { subscribe, send, sandbox, emit, receiver, due } = await subscriber();
    const { json } = await subscribe();
    receiver.answerWith(failing(500));
    const path = `${SUBSCRIPTION}/${json.id}`;

    await emit(1);
    await emit(2);
    await receiver.arrived(1);
    let sent = 1;
    for (const seconds of [5, 30, 120]) {
      await due(seconds);
      await sandbox.advance(seconds * 1_000 - 1);
      expect((await send('GET', path)).json.status).toBe('Active');
      expect(receiver.notifications()).toHaveLength(sent);
      await sandbox.advance(1);
      sent += 1;
      await receiver.arrived(sent);
    }

    await expect.poll(async () => (await send('GET', path)).json.status).toBe('Blacklisted');
    expect((await send('GET', path)).json.blacklistedData).toEqual({
      reason: 'WebHook responds with incorrect HTTP status. HTTP status is 500',
      blacklistedAt: '2026-11-21T12:02:35.000Z',
    });
    const tries = receiver.notifications();
    expect(numbersOf(tries)).toEqual([1, 1, 1, 1]);
    expect(new Set(tries.map(({ uuid }) => uuid)).size).toBe(1);
    receiver.answerWith(welcome);
    await emit(3);
    expect((await send('POST', `${path}/renew`)).json.status).toBe('Blacklisted');
    await emit(4);
    expect(receiver.notifications()).toHaveLength(4);
  });

  test('that fails once is repeated, and what waited behind it comes in its order', async () => {
    const { subscribe, sandbox, emit, receiver, send, due } = await subscriber();
    const { json } = await subscribe();
    receiver.answerWith(failing(503));
    await emit(1);
    await emit(2);
    await receiver.arrived(1);
    receiver.answerWith(welcome);

    await due(5);
    await sandbox.advance(5_000);

    expect(numbersOf(await receiver.arrived(3))).toEqual([1, 1, 2]);
    expect((await send('GET', `${SUBSCRIPTION}/${json.id}`)).json.status).toBe('Active');
  });

  test('that arrives at last has its successor begin with all its tries', async () => {
    const { subscribe, send, sandbox, emit, receiver, due } = await subscriber();
    const { json } = await subscribe();
    receiver.answerWith(failing(500));
    await emit(1);
    await receiver.arrived(1);
    const tryAgain = async (seconds: number, count: number) => {
      await due(seconds);
      await sandbox.advance(seconds * 1_000);
      await receiver.arrived(count);
    };
    await tryAgain(5, 2);
    await tryAgain(30, 3);
    receiver.answerWith(welcome);
    await tryAgain(120, 4);
    receiver.answerWith(failing(500));

    await emit(2);
    await receiver.arrived(5);
    await tryAgain(5, 6);

    expect(numbersOf(receiver.notifications())).toEqual([1, 1, 1, 1, 2, 2]);
    expect((await send('GET', `${SUBSCRIPTION}/${json.id}`)).json.status).toBe('Active');
  });

  test('that is not answered within 3000 ms has failed, and says so as the platform does', async () => {
    const clock = new ManualClock();
    const { subscribe, send, emit, receiver } = await subscriber({ clock });
    const { json } = await subscribe();
    receiver.answerWith(() => {});
    await emit(1);

    for (const pauseMs of [5_000, 30_000, 120_000, 0]) {
      await receiver.arrived(receiver.notifications().length || 1);
      const before = receiver.notifications().length;
      clock.advance(3_000);
      if (pauseMs === 0) break;
      await expect.poll(() => clock.isAsleepFor(pauseMs)).toBe(true);
      clock.advance(pauseMs);
      await receiver.arrived(before + 1);
    }

    await expect
      .poll(async () => (await send('GET', `${SUBSCRIPTION}/${json.id}`)).json.blacklistedData)
      .toMatchObject({ reason: 'I/O operation is failed. Details: [Read timed out]' });
  });

  test('is not sent where it is redirected to', async () => {
    const { subscribe, emit, receiver } = await subscriber();
    const elsewhere = await startReceiver();
    await subscribe();
    receiver.answerWith((_request, response) => response.writeHead(307, { location: elsewhere.origin }).end());

    await emit(1);
    await receiver.arrived(1);

    expect(elsewhere.received).toEqual([]);
  });

  test('beyond a thousand that wait is dropped, and the log says so', async () => {
    const warnings: string[] = [];
    const log = { info: () => {}, warn: (event: string) => void warnings.push(event), error: () => {} };
    const { subscribe, emit, receiver } = await subscriber({ log });
    await subscribe();
    receiver.answerWith(() => {});

    for (let number = 0; number <= 1_001; number++) await emit(number);

    expect(warnings).toEqual(['sandbox.webhook_overflow', 'sandbox.webhook_overflow']);
  });

  test('that is under way does not keep the sandbox from closing, or from starting anew', async () => {
    const { subscribe, emit, receiver, sandbox, send } = await subscriber();
    await subscribe();
    receiver.answerWith(() => {});
    const creating = subscribe();
    await emit(1);
    await expect.poll(() => receiver.received.length).toBe(3);

    await sandbox.reset();
    expect((await creating).status).toBe(503);
    expect((await send('GET', SUBSCRIPTION)).status).toBe(401);
    await sandbox.close();
  });
});

describe('the reminder', () => {
  test('comes from its threshold on, at its interval, until the subscription is renewed', async () => {
    const { subscribe, send, sandbox, receiver } = await subscriber();
    const { json } = await subscribe({ eventFilters: [MESSAGES, REMINDER], expiresIn: 200 });
    expect(json.eventFilters).toEqual([MESSAGES_OF_FRONT_DESK, REMINDER]);

    await sandbox.advance(139_999);
    expect(receiver.notifications()).toEqual([]);
    await sandbox.advance(1);
    await sandbox.advance(15_000);
    await send('POST', `${SUBSCRIPTION}/${json.id}/renew`);
    await send('POST', `${SUBSCRIPTION}/${json.id}/renew`);
    await sandbox.advance(139_999);
    expect(await receiver.arrived(2)).toMatchObject([
      { event: REMINDER, body: { expiresIn: 60 } },
      { event: REMINDER, body: { expiresIn: 45 } },
    ]);
    await sandbox.advance(1);

    await receiver.arrived(3);
    expect(receiver.notifications().slice(2)).toMatchObject([{ body: { expiresIn: 60 } }]);
  });

  test('that a jump of the clock has missed comes once', async () => {
    const { subscribe, sandbox, receiver } = await subscriber();
    await subscribe({ eventFilters: [MESSAGES, REMINDER], expiresIn: 200 });

    await sandbox.advance(180_000);
    await receiver.arrived(1);
    await sandbox.advance(5_000);

    expect((await receiver.arrived(2)).map(({ body }) => body)).toEqual([{ expiresIn: 20 }, { expiresIn: 15 }]);
  });
});
