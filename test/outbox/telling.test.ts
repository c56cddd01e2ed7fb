import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { createMailer } from '../../src/notify/mail.ts';
import type { Outbox } from '../../src/outbox/outbox.ts';
import type { OutboxParts } from '../../src/outbox/parts.ts';
import { createFetch } from '../../src/runtime/fetch.ts';
import { FAX_PATH, type OutboxWorld, outboxWorld, RULES } from './world.ts';

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const HOUR_MS = 3_600_000;

/** A program that is told, on a real socket; it answers with these statuses, then 204. */
async function receiver(...statuses: number[]) {
  const got: { readonly headers: Record<string, string>; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/faxes` };
}

/** A real mail server, which turns so many letters away first. */
async function mailServer(refusals = 0) {
  const letters: { readonly from: string; readonly to: string[]; readonly text: string }[] = [];
  let left = refusals;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (left > 0) {
          left -= 1;
          return done(Object.assign(new Error('try later'), { responseCode: 451 }));
        }
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8').replaceAll('=\r\n', ''),
        });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const mailer = createMailer(new Secret(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`), 'gateway@example.com');
  onTestFinished(async () => {
    mailer.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { letters, mailer };
}

function tellingNode(at: OutboxWorld, telling: Partial<NonNullable<OutboxParts['telling']>>): Outbox {
  const way = createFetch();
  onTestFinished(() => way.close());
  const ways = [...(telling.webhook ? (['webhook'] as const) : []), ...(telling.mailer ? (['mail'] as const) : [])];
  return at.node('T', { telling: { fetch: way.fetch, ...telling }, rules: { ...RULES, ways } });
}

describe('a program that is told of faxes', () => {
  test('hears that one was sent, and what became of it, signed so that whoever has the old or the new key can check it', async () => {
    const at = await outboxWorld();
    const { got, url } = await receiver();
    const node = tellingNode(at, { webhook: { url, keys: [new Secret(OLD), new Secret(NEW)] } });

    const id = await at.accept(undefined, { recipients: [{ phoneNumber: '+16505551230', name: 'John Doe' }] }, node);
    await at.work(node);
    at.clock.advance(10_000);
    await at.work(node);

    expect(got.map(({ body }) => JSON.parse(body).type)).toEqual(['fax.sent', 'fax.delivered']);
    const [, { headers, body } = got[0]!] = got;
    // The library of the standard looks at the machine's own clock.
    const now = Math.floor(Date.now() / 1_000);
    expect(Math.abs(Number(headers['webhook-timestamp']) * 1_000 - at.clock.now())).toBeLessThan(2_000);
    for (const key of [OLD, NEW]) {
      const verifier = new Webhook(key);
      const drawn = verifier.sign(headers['webhook-id']!, new Date(Number(headers['webhook-timestamp']) * 1_000), body);
      expect(headers['webhook-signature']?.split(' ')).toContain(drawn);
      const current = verifier.sign(headers['webhook-id']!, new Date(now * 1_000), body);
      expect(() => verifier.verify(body, { ...headers, 'webhook-timestamp': String(now), 'webhook-signature': current })).not.toThrow();
      expect(() => verifier.verify(`${body} `, { ...headers, 'webhook-timestamp': String(now), 'webhook-signature': current })).toThrow();
    }
    expect(JSON.parse(body)).toMatchObject({
      type: 'fax.delivered',
      data: {
        id,
        client: 'crm',
        connection: 'front-desk',
        state: 'delivered',
        recipients: [{ phoneNumber: '+16505551230', name: 'John Doe', messageStatus: 'Delivered' }],
      },
    });
    expect(new Set(got.map((one) => one.headers['webhook-id'])).size).toBe(2);
  });

  test('check 26: one that is away is told again for a day, with the same id, and then no more', async () => {
    const at = await outboxWorld();
    const { got, url } = await receiver(...Array.from({ length: 10_000 }, () => 500));
    const node = tellingNode(at, { webhook: { url, keys: [new Secret(NEW)] } });
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { status: 415, body: { errorCode: 'MSG-348' } } });

    await at.accept(undefined, {}, node);
    const times: number[] = [];
    for (let passed = 0; passed <= 26 * HOUR_MS; passed += 60_000) {
      const before = got.length;
      await at.work(node);
      if (got.length > before) times.push(passed);
      at.clock.advance(60_000);
    }

    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(times.length).toBeGreaterThan(20);
    expect(times.at(-1)).toBeGreaterThanOrEqual(23.9 * HOUR_MS);
    expect(times.at(-1)).toBeLessThanOrEqual(24.2 * HOUR_MS);
  });

  test('one that comes back is told once', async () => {
    const at = await outboxWorld();
    const { got, url } = await receiver(500, 302, 404);
    const node = tellingNode(at, { webhook: { url, keys: [new Secret(NEW)] } });

    await at.accept(undefined, {}, node);
    for (let minute = 0; minute < 30; minute += 1) {
      await at.work(node);
      at.clock.advance(10_000);
    }

    // Two things happened, and three answers were none of success.
    const types = got.map(({ headers, body }) => `${headers['webhook-id']} ${JSON.parse(body).type}`);
    expect([types.length, new Set(types).size]).toEqual([5, 2]);
  });
});

describe('the sender of a fax', () => {
  test('is written to, at the address of the extension, once the fax has come to its end; a server that refuses is asked again', async () => {
    const at = await outboxWorld();
    const { letters, mailer } = await mailServer(1);
    const node = tellingNode(at, { mailer });

    const recipients = [{ phoneNumber: '+16505551230', name: 'Zoë' }, { phoneNumber: '+16505550001' }];
    const id = await at.accept(undefined, { recipients }, node, 'fax-desk');
    for (let passed = 0; passed < 6; passed += 1) {
      await at.work(node);
      at.clock.advance(10_000);
    }
    await at.work(node);

    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ from: 'gateway@example.com', to: ['fax-desk@example.com'] });
    for (const text of ['Your fax to +16505551230 and 1 more was not sent', '+16505550001', 'SendingFailed, LineBusy', id])
      expect(letters[0]?.text).toContain(text);
  });

  test('no name of a recipient adds a header or a line', async () => {
    const at = await outboxWorld();
    const { letters, mailer } = await mailServer();
    const node = tellingNode(at, { mailer });

    await at.accept(undefined, { recipients: [{ phoneNumber: '+16505551230', name: 'a\r\nBcc: planted@example.com' }] }, node, 'fax-desk');
    await at.work(node);
    at.clock.advance(10_000);
    await at.work(node);

    expect(letters.map(({ to }) => to)).toEqual([['fax-desk@example.com']]);
    expect(letters[0]?.text).not.toMatch(/^Bcc:/m);
  });
});
