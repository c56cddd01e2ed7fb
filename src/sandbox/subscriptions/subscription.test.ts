import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../../test/certificate.ts';
import { ManualClock } from '../../../test/manual-clock.ts';
import { codes, OTHER_APP, TOKEN } from '../../../test/sandbox-world.ts';
import { hook, MESSAGES, MESSAGES_OF_FRONT_DESK, MOST, numbersOf, REMINDER, SUBSCRIPTION, subscriber, WEEK_SECONDS } from '../../../test/subscriber.ts';
import { type Receiver, startReceiver } from '../../../test/webhook-receiver.ts';
import { DEMO_DATA } from '../demo.ts';

describe('creating a subscription', () => {
  test('shakes hands and answers with the subscription, real ids in the place of ~', async () => {
    const { sandbox, subscribe, receiver } = await subscriber();

    const { status, json } = await subscribe();

    expect(status).toBe(200);
    expect(json).toEqual({
      uri: `${sandbox.origin}${SUBSCRIPTION}/${json.id}`,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      creationTime: '2026-11-21T12:00:00.000Z',
      status: 'Active',
      eventFilters: [MESSAGES_OF_FRONT_DESK],
      expirationTime: '2026-11-28T12:00:00.000Z',
      expiresIn: WEEK_SECONDS,
      deliveryMode: { transportType: 'WebHook', encryption: false, address: `${receiver.origin}/hook?of=mine` },
    });
    const [handshake] = receiver.received;
    expect(receiver.received).toHaveLength(1);
    expect(handshake).toMatchObject({ method: 'POST', path: '/hook?of=mine', body: '' });
    expect(handshake?.headers).toMatchObject({ 'user-agent': 'RingCentral-Webhook/8.3', 'validation-token': expect.stringMatching(/^[\w-]{32}$/) });
  });

  test('over TLS, with a certificate that the sandbox is told to trust, and not without', async () => {
    const certificate = selfSigned();
    const trusting = await subscriber({ receiver: await startReceiver(certificate), webhookCertificates: certificate.cert });
    const other = await subscriber({ receiver: await startReceiver(certificate) });

    expect((await trusting.subscribe()).status).toBe(200);
    await trusting.emit(1);
    expect(numbersOf(await trusting.receiver.arrived(1))).toEqual([1]);
    const refused = await other.subscribe();
    expect([...codes(refused), refused.json.parameterName]).toEqual([400, 'InvalidParameter', 'CMN-101', 'deliveryMode.address']);
  });

  test.each<[string, Parameters<Receiver['answerWith']>[0], string, string]>([
    ['another status', (_request, response) => response.writeHead(500).end(), 'SUB-522', 'WebHook responds with incorrect HTTP status. HTTP status is 500'],
    [
      'a created',
      (request, response) => response.writeHead(201, { 'validation-token': String(request.headers['validation-token']) }).end(),
      'SUB-522',
      'WebHook responds with incorrect HTTP status. HTTP status is 201',
    ],
    [
      'a redirect',
      (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
      'SUB-522',
      'WebHook responds with incorrect HTTP status. HTTP status is 307',
    ],
    ['no token', (_request, response) => response.writeHead(200).end(), 'SUB-520', 'Validation Token is not returned'],
    ['another token', (_request, response) => response.writeHead(200, { 'validation-token': 'x' }).end(), 'SUB-520', 'Validation Token is not returned'],
    [
      'a long body',
      (request, response) => response.writeHead(200, { 'validation-token': String(request.headers['validation-token']) }).end('x'.repeat(1_000)),
      'SUB-525',
      'WebHook server response is invalid',
    ],
    [
      'an endless body',
      (request, response) => void response.writeHead(200, { 'validation-token': String(request.headers['validation-token']) }).write('x'.repeat(2_000)),
      'SUB-525',
      'WebHook server response is invalid',
    ],
  ])('an endpoint that answers with %s is refused, and asked once', async (_what, answer, code, message) => {
    const { subscribe, send, receiver } = await subscriber();
    receiver.answerWith(answer);

    const refused = await subscribe();

    expect(codes(refused)).toEqual([400, code, code]);
    expect(refused.json.message).toBe(message);
    expect(receiver.received).toHaveLength(1);
    expect((await send('GET', SUBSCRIPTION)).json.records).toEqual([]);
  });

  test('an endpoint that is not there is refused', async () => {
    const { subscribe, receiver } = await subscriber();
    await receiver.close();

    const refused = await subscribe();

    expect([...codes(refused), refused.json.parameterName]).toEqual([400, 'InvalidParameter', 'CMN-101', 'deliveryMode.address']);
  });

  test('an endpoint that does not answer within 3000 ms is refused', async () => {
    const clock = new ManualClock();
    const { subscribe, receiver } = await subscriber({ clock });
    receiver.answerWith(() => {});

    const answering = subscribe();
    await expect.poll(() => receiver.received.length).toBe(1);
    clock.advance(2_999);
    const early = await Promise.race([answering, new Promise((resolve) => setTimeout(() => resolve('waiting'), 100))]);
    clock.advance(1);

    expect(early).toBe('waiting');
    expect(codes(await answering)).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });

  test.each([
    ['http://hooks.example.com/a', 'SUB-523', undefined],
    ['http://192.0.2.1/a', 'SUB-523', undefined],
    ['ftp://127.0.0.1/a', 'SUB-523', undefined],
    ['https://user:secret@hooks.example.com/a', 'CMN-101', 'deliveryMode.address'],
    ['not a URL', 'CMN-101', 'deliveryMode.address'],
    ['', 'CMN-101', 'deliveryMode.address'],
    [undefined, 'CMN-101', 'deliveryMode.address'],
    [17, 'CMN-101', 'deliveryMode.address'],
    [`https://hooks.example.com/${'a'.repeat(2_048)}`, 'CMN-101', 'deliveryMode.address'],
  ])('an address %s is refused with %s', async (address, code, parameterName) => {
    const { subscribe } = await subscriber();

    const refused = await subscribe({ deliveryMode: { transportType: 'WebHook', address } });

    expect([refused.status, codes(refused)[2], refused.json.parameterName]).toEqual([400, code, parameterName]);
  });

  test.each(['/_sandbox', '/_sandbox/reset', '/x/../_sandbox/reset'])(
    "the sandbox's own control at %s is no receiver, under any of its names",
    async (path) => {
      const { sandbox, subscribe } = await subscriber();
      const { port } = new URL(sandbox.origin);

      const refused = await Promise.all(['127.0.0.1', 'localhost', '127.1', '[::1]'].map((host) => subscribe(hook(`http://${host}:${port}${path}`))));

      expect(refused.map(codes)).toEqual(refused.map(() => [400, 'InvalidParameter', 'CMN-101']));
      expect(sandbox.state().sessions).toHaveLength(1);
    },
  );

  test.each([
    ['no filters', { eventFilters: undefined }, 400, 'CMN-101'],
    ['none of them', { eventFilters: [] }, 400, 'CMN-101'],
    ['filters that are no list', { eventFilters: MESSAGES }, 400, 'CMN-101'],
    ['a filter that is no text', { eventFilters: [7] }, 400, 'CMN-101'],
    ['a filter that is nothing', { eventFilters: [''] }, 400, 'CMN-101'],
    ['a filter that there is not', { eventFilters: ['/restapi/v1.0/account/~/weather'] }, 400, 'SUB-508'],
    ['a filter with a path of its own', { eventFilters: ['/restapi/v1.0/account/~/extension/~/../~/message-store'] }, 400, 'SUB-508'],
    ['a filter that is too long', { eventFilters: [`${MESSAGES}?${'x'.repeat(2_048)}`] }, 400, 'SUB-508'],
    ['the reminder alone', { eventFilters: [REMINDER] }, 400, 'SUB-515'],
    ['a reminder that says nothing', { eventFilters: [MESSAGES, '/restapi/v1.0/subscription/~'] }, 400, 'SUB-508'],
    ['a reminder from before its middle', { eventFilters: [MESSAGES, REMINDER], expiresIn: 119 }, 400, 'SUB-508'],
    ['a reminder that comes too seldom', { eventFilters: [MESSAGES, '/restapi/v1.0/subscription/~?threshold=60&interval=31'] }, 400, 'SUB-508'],
    ["another account's events", { eventFilters: ['/restapi/v1.0/account/1110475004/extension/~/message-store'] }, 403, 'SUB-406'],
    ["another account's user", { eventFilters: ['/restapi/v1.0/account/~/extension/1110475004/message-store'] }, 403, 'SUB-406'],
    ['an unknown user', { eventFilters: ['/restapi/v1.0/account/~/extension/1/message-store'] }, 403, 'SUB-408'],
    ['a lifetime of nothing', { expiresIn: 0 }, 400, 'CMN-101'],
    ['a lifetime in words', { expiresIn: 'long' }, 400, 'CMN-101'],
    ['a lifetime in parts', { expiresIn: 1.5 }, 400, 'CMN-101'],
    ['no delivery', { deliveryMode: undefined }, 400, 'CMN-101'],
    ['PubNub', { deliveryMode: { transportType: 'PubNub' } }, 400, 'CMN-101'],
    ['an unknown transport', { deliveryMode: { transportType: 'Pigeon', address: 'https://hooks.example.com' } }, 400, 'CMN-101'],
  ])('%s is refused, and nobody is asked', async (_what, more, status, code) => {
    const { subscribe, receiver } = await subscriber();

    const refused = await subscribe(more);

    expect([refused.status, codes(refused)[2]]).toEqual([status, code]);
    expect(receiver.received).toEqual([]);
  });

  test.each([['with a break\r\nx: y'], [''], ['ü'], [17]])('a verification token %j is refused', async (verificationToken) => {
    const { subscribe, receiver } = await subscriber();

    const refused = await subscribe(hook(receiver.origin, { verificationToken }));

    expect([...codes(refused), refused.json.parameterName]).toEqual([400, 'InvalidParameter', 'CMN-101', 'deliveryMode.verificationToken']);
  });

  test('a lifetime beyond ten years is cut to it', async () => {
    const { subscribe } = await subscriber();

    expect((await subscribe({ expiresIn: 630_720_000 })).json.expiresIn).toBe(315_360_000);
  });

  test('a filter that stands there twice counts once', async () => {
    const { subscribe } = await subscriber();

    expect((await subscribe({ eventFilters: [MESSAGES, MESSAGES_OF_FRONT_DESK] })).json.eventFilters).toEqual([MESSAGES_OF_FRONT_DESK]);
  });

  test('a filter that the app lacks the permission for is set aside; if that is all, it is refused', async () => {
    const apps = DEMO_DATA.apps.map((app) => ({ ...app, permissions: ['ReadMessages', 'SubscriptionWebhook'] }));
    const { subscribe } = await subscriber({ data: { ...DEMO_DATA, apps } });
    const presence = '/restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=true';

    const partly = await subscribe({ eventFilters: [presence, MESSAGES] });
    const refused = await subscribe({ eventFilters: [presence, REMINDER] });

    expect(partly.json.eventFilters).toEqual([MESSAGES_OF_FRONT_DESK]);
    expect(partly.json.disabledFilters).toEqual([
      {
        filter: '/restapi/v1.0/account/403140004/extension/403141004/presence?detailedTelephonyState=true',
        reason: 'CMN-401',
        message: expect.stringContaining('[ReadPresence]'),
      },
    ]);
    expect([...codes(refused), refused.json.permissionName]).toEqual([403, 'InsufficientPermissions', 'CMN-401', 'ReadPresence']);
  });

  test('an app without the permission for webhooks may not', async () => {
    const apps = DEMO_DATA.apps.map((app) => ({ ...app, permissions: ['ReadMessages'] }));
    const { subscribe } = await subscriber({ data: { ...DEMO_DATA, apps } });

    expect(codes(await subscribe())).toEqual([403, 'SUB-528', 'SUB-528']);
  });

  test('a user that administrates nothing hears of nobody else', async () => {
    const [account] = DEMO_DATA.accounts;
    const [extension] = account?.extensions ?? [];
    if (!account || !extension) throw new Error('the demo has changed');
    const other = { ...extension, id: 403_141_005, extensionNumber: '103', email: 'other@example.com', mainAdministrator: false, directNumbers: [] };
    const { postForm, postJson, receiver } = await subscriber({ data: { ...DEMO_DATA, accounts: [{ ...account, extensions: [extension, other] }] } });
    const { json } = await postForm(TOKEN, { grant_type: 'password', username: '18889363711', extension: '103', password: '1234' });
    const subscribe = (eventFilters: string[]) => postJson(SUBSCRIPTION, { eventFilters, ...hook(receiver.origin) }, String(json.access_token));

    expect(codes(await subscribe([MESSAGES_OF_FRONT_DESK]))[2]).toBe('SUB-405');
    expect(codes(await subscribe(['/restapi/v1.0/account/~/extension/403141004/telephony/sessions']))[2]).toBe('CMN-404');
    expect((await subscribe([MESSAGES])).status).toBe(200);
  });

  test(`a user has ${MOST} through an app, however fast they are asked for`, async () => {
    const { subscribe, send, signIn, postJson, receiver } = await subscriber();

    const answers = await Promise.all(Array.from({ length: MOST + 2 }, () => subscribe()));

    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(codes)).toEqual([
      [403, 'SUB-505', 'SUB-505'],
      [403, 'SUB-505', 'SUB-505'],
    ]);
    expect((await send('GET', SUBSCRIPTION)).json.records).toHaveLength(MOST);
    const { access_token } = await signIn({}, OTHER_APP);
    expect((await postJson(SUBSCRIPTION, { eventFilters: [MESSAGES], ...hook(receiver.origin) }, access_token)).status).toBe(200);
  });

  test('answers with the limits that count', async () => {
    const { subscribe } = await subscriber({ limited: true });

    expect((await subscribe()).headers).toMatchObject({ 'x-rate-limit-group': 'medium', 'x-rate-limit-limit': '40' });
  });
});

describe('a subscription', () => {
  test('is seen, renewed and ended by its user through its app, and by nobody else', async () => {
    const { subscribe, send, signIn, get, postForm, sandbox } = await subscriber();
    const { json } = await subscribe();
    const path = `${SUBSCRIPTION}/${json.id}`;
    const { access_token: otherApp } = await signIn({}, OTHER_APP);
    const { json: otherUser } = await postForm(TOKEN, { grant_type: 'password', username: '15556090455', password: 'qwerty' });

    expect((await send('GET', path)).json).toEqual(json);
    expect((await send('GET', SUBSCRIPTION)).json).toEqual({ uri: `${sandbox.origin}${SUBSCRIPTION}`, records: [json] });
    for (const token of [otherApp, String(otherUser.access_token)]) {
      const refused = await get(path, token);
      expect([...codes(refused), refused.json.parameterName]).toEqual([404, 'InvalidParameter', 'CMN-102', 'subscriptionId']);
      expect((await get(SUBSCRIPTION, token)).json.records).toEqual([]);
    }
    expect(await send('DELETE', path)).toMatchObject({ status: 204, text: '' });
    const gone = [await send('GET', path), await send('PUT', path), await send('POST', `${path}/renew`), await send('DELETE', path)];
    expect(gone.map(codes)).toEqual(gone.map(() => [404, 'InvalidParameter', 'CMN-102']));
  });

  test("outlives its session: what a webhook hears does not depend on anybody's token", async () => {
    const { subscribe, postForm, emit, receiver, token } = await subscriber();
    await subscribe();

    await postForm('/restapi/oauth/revoke', { token });
    await emit(1);

    expect(numbersOf(await receiver.arrived(1))).toEqual([1]);
  });

  test('ends when its time is over', async () => {
    const { subscribe, send, sandbox, emit, receiver, signIn, get } = await subscriber();
    const { json } = await subscribe({ expiresIn: 100 });

    await sandbox.advance(99_999);
    expect((await send('GET', `${SUBSCRIPTION}/${json.id}`)).json.expiresIn).toBe(1);
    await sandbox.advance(1);
    await emit(1);

    const { access_token } = await signIn();
    expect((await get(`${SUBSCRIPTION}/${json.id}`, access_token)).status).toBe(404);
    expect(receiver.notifications()).toEqual([]);
  });

  test.each([
    ['POST …/renew', 'POST', '/renew', undefined],
    ['PUT without a body', 'PUT', '', undefined],
    ['PUT with its filters', 'PUT', '', { eventFilters: [MESSAGES] }],
  ])('%s has it live as long again', async (_how, method, suffix, body) => {
    const { subscribe, send, sandbox } = await subscriber();
    const { json } = await subscribe({ expiresIn: 100 });
    const path = `${SUBSCRIPTION}/${json.id}`;
    await sandbox.advance(60_000);

    const renewed = await send(method, `${path}${suffix}`, body);

    expect(renewed.json).toEqual({ ...json, expirationTime: '2026-11-21T12:02:40.000Z' });
    await sandbox.advance(99_999);
    expect((await send('GET', path)).status).toBe(200);
    await sandbox.advance(1);
    expect((await send('GET', path)).status).toBe(404);
  });

  test('PUT changes what is heard, and for how long', async () => {
    const { subscribe, send, sandbox, emit, receiver } = await subscriber();
    const { json } = await subscribe();
    const account = '/restapi/v1.0/account/~/extension';

    const changed = await send('PUT', `${SUBSCRIPTION}/${json.id}`, { eventFilters: [account], expiresIn: 500 });
    await emit(1);
    await sandbox.emitEvent({ filter: account, ownerId: '403141004', body: { number: 2 } });

    expect(changed.json).toMatchObject({ id: json.id, eventFilters: ['/restapi/v1.0/account/403140004/extension'], expiresIn: 500 });
    expect(numbersOf(await receiver.arrived(1))).toEqual([2]);
    const refused = await send('PUT', `${SUBSCRIPTION}/${json.id}`, { eventFilters: [REMINDER] });
    expect(codes(refused)[2]).toBe('SUB-515');
  });

  test('needs a token', async () => {
    const { ask } = await subscriber();

    expect(codes(await ask(SUBSCRIPTION))).toEqual([401, 'AGW-401', 'AGW-401']);
  });

  test('comes back with a restarted sandbox, reminders and all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trunkline-subscriptions-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'sandbox.db');
    const receiver = await startReceiver();
    const first = await subscriber({ file, receiver });
    const { json } = await first.subscribe({ eventFilters: [MESSAGES, REMINDER], expiresIn: 120 });
    await first.sandbox.close();

    const second = await subscriber({ file, receiver });
    await second.emit(1);
    await receiver.arrived(1);
    await second.sandbox.advance(60_000);
    await receiver.arrived(2);
    await second.sandbox.advance(1_000);
    await second.sandbox.close();
    const third = await subscriber({ file, receiver });
    await third.sandbox.advance(14_000);

    expect((await receiver.arrived(3)).map(({ body }) => body)).toEqual([{ number: 1 }, { expiresIn: 60 }, { expiresIn: 45 }]);
    expect((await third.send('GET', `${SUBSCRIPTION}/${json.id}`)).json).toMatchObject({ id: json.id, expiresIn: 45 });
    await third.sandbox.advance(45_000);
    expect((await third.send('GET', `${SUBSCRIPTION}/${json.id}`)).status).toBe(404);
  });
});
