import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { createClientErrorHandler } from '../../src/http/legacy/parser-error.ts';
import { addressOf, forwarding, LOGIN, RING_OUT, refusal, ringOutAnswer, send, startFront, world } from './world.ts';

const CALL = `/ringout.asp?cmd=call&${LOGIN}&to=6505551230&from=6505551231`;
const HOST = 'Host: gateway.example\r\n';

const fronts: Awaited<ReturnType<typeof startFront>>[] = [];

afterEach(async () => {
  for (const front of fronts.splice(0)) await front.stop();
});

/** A world behind a server, and ways to speak to it. */
async function worldOnline(more: object = {}, options: object = {}) {
  const made = world();
  const front = await startFront({ ringOut: made.api, addressOf, log: made.log, ...more }, options);
  fronts.push(front);
  const raw = (text: string, sending: object = {}) => send(front.port, Buffer.from(text, 'latin1'), sending);
  return {
    ...made,
    ...front,
    raw,
    get: (target: string, headers = '') => raw(`GET ${target} HTTP/1.1\r\n${HOST}${headers}\r\n`),
    post: (body: string) =>
      raw(`POST /ringout.asp HTTP/1.1\r\n${HOST}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    body: async (target: string) => (await raw(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`)).body.toString('latin1'),
  };
}

/** Resolves when no connection is left; the caller's patience is the test's. */
async function untilIdle(server: { getConnections(callback: (error: Error | null, count: number) => void): void }): Promise<void> {
  for (;;) {
    const count = await new Promise<number>((resolve) => server.getConnections((_error, open) => resolve(open)));
    if (count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a status as a page', () => {
  const PAGE = '/ringout.asp?cmd=status&format=html&css=https%3A%2F%2Fcrm.example%2Fcall.css&sessionid=18&WS=3&t=1700000000';

  test('can be framed by the web site that polls it, and is kept by nobody', async () => {
    const { get, body } = await worldOnline();
    await body(CALL);

    const { status, headers, body: page } = await get(PAGE);

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-length')).toBe(String(page.length));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.has('x-frame-options')).toBe(false);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src https://crm.example; form-action 'none'; base-uri 'none'");
    expect(page.toString()).toContain('<link rel="stylesheet" href="https://crm.example/call.css">');
    expect(page.toString()).toContain('<p class="status">In Progress</p>');
  });

  test('no other answer can be framed', async () => {
    const { get, raw } = await worldOnline();
    const others = [CALL, '/ringout.asp?cmd=status&sessionid=18', '/ringout.asp?cmd=cancel&sessionid=18&format=html', '/ringout.asp', '/faxapi.asp'];

    const answers = [...(await Promise.all(others.map((target) => get(target)))), await raw(`GET /ringout.asp HTTP/1.1\r\n${HOST}broken\r\n\r\n`)];

    expect(answers.map(({ headers }) => headers.get('x-frame-options'))).toEqual(answers.map(() => 'DENY'));
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual(answers.map(() => 'text/plain; charset=utf-8'));
  });
});

describe('the documented examples, over raw sockets', () => {
  test('list, call, status through all its states, and cancel', async () => {
    const { body, post, platform } = await worldOnline();
    const status = async (answer: ReturnType<typeof refusal>) => {
      platform.next.push(answer);
      return body('/ringout.asp?cmd=status&sessionid=18');
    };

    expect(await body(`/ringout.asp?cmd=list&${LOGIN}`)).toBe('OK 6505553711;Home;6505551550;Business;6505551233;Mobile');
    expect((await post('Cmd=call&Username=8889363711&Password=1234&To=(650) 555-1230&From=650-555-1231')).body.toString()).toBe('OK 18 3');
    expect(await status(ringOutAnswer())).toBe('OK 18 1;6505551230;1;6505551231;1');
    expect(await status(ringOutAnswer('InProgress', 'Success', 'InProgress'))).toBe('OK 18 1;6505551230;1;6505551231;0');
    expect(await status(ringOutAnswer('Success', 'Success', 'Success'))).toBe('OK 18 0;6505551230;0;6505551231;0');
    expect(await status(ringOutAnswer('CannotReach', 'Success', 'Busy'))).toBe('OK 18 2;6505551230;2;6505551231;0');
    expect(await status(ringOutAnswer('Success', 'Finished', 'Finished'))).toBe('OK 18 ');
    expect(await status(refusal(404, 'CMN-102'))).toBe('OK 18 ');
    expect(await body('/ringout.asp?cmd=status&sessionid=999999')).toBe('OK 999999 ');
    expect(await body('/ringout.asp?cmd=cancel&sessionid=18')).toBe('OK 18');
    expect(await body('/ringout.asp?cmd=call&username=18889363711&ext=101&password=9999')).toBe('FAILED Invalid User or Password');
  });
});

describe('createLegacyListener', () => {
  test('rules 7, 14, 15 and 16: one line of plain text with status 200, not to be kept, without cookie or redirect', async () => {
    const { get } = await worldOnline();

    for (const target of [`/ringout.asp?cmd=list&${LOGIN}`, '/ringout.asp?cmd=status&sessionid=999999', '/ringout.asp?cmd=nonsense', '/ringout.asp']) {
      const answer = await get(target);

      expect(answer.status).toBe(200);
      expect(answer.body.toString('latin1')).not.toMatch(/[\r\n]/);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-length': String(answer.body.length),
      });
      expect(answer.headers.has('set-cookie') || answer.headers.has('location') || answer.headers.has('transfer-encoding')).toBe(false);
    }
  });

  test('the length is that of the bytes, also of labels that are not ASCII', async () => {
    const { get, platform } = await worldOnline();
    platform.numbers = [forwarding('+16505550100', 'Büro €')];

    const { headers, body } = await get(`/ringout.asp?cmd=list&${LOGIN}`);

    expect(body.toString('utf8')).toBe('OK 6505550100;Büro €');
    expect(headers.get('content-length')).toBe(String(body.length));
  });

  test('rule 14: a cookie that is sent changes nothing', async () => {
    const { get } = await worldOnline();

    expect((await get(`/ringout.asp?cmd=list&${LOGIN}`, 'Cookie: ASPSESSIONID=x\r\n')).body.toString()).toMatch(/^OK 6505553711;/);
  });

  test('rule 15: HEAD is 200 with the headers of an answer, and places nothing', async () => {
    const { raw, platform } = await worldOnline();

    const answer = await raw(`HEAD ${CALL} HTTP/1.1\r\n${HOST}\r\n`);

    expect([answer.status, answer.body.length, answer.headers.get('cache-control')]).toEqual([200, 0, 'no-store']);
    expect(platform.requests).toEqual([]);
  });

  test.each([
    'Purpose: prefetch',
    'Sec-Purpose: prefetch',
    'X-Purpose: preview',
    'X-Moz: prefetch',
    'User-Agent: WhatsApp/2.23',
    'User-Agent: facebookexternalhit/1.1',
  ])('rule 15: what nobody asked for places nothing: %s', async (header) => {
    const { get, platform } = await worldOnline();

    expect((await get(CALL, `${header}\r\n`)).body.toString()).toBe('FAILED Invalid Request');
    expect(platform.requests).toEqual([]);
  });

  test('rule 15: a browser and the libraries of old programs do place calls', async () => {
    const { get, platform } = await worldOnline();

    for (const agent of [
      'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)',
      'Ruby',
      'PHP/5.3.10',
      'Go-http-client/1.1',
      'Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)',
    ]) {
      expect((await get(CALL, `User-Agent: ${agent}\r\n`)).body.toString()).toMatch(/^OK \d+ 3$/);
    }
    expect(platform.requests).toHaveLength(5);
  });

  test('rule 17: the least TLS that old programs need to know is documented', () => {
    const page = readFileSync(new URL('../../docs/legacy-ringout.md', import.meta.url), 'utf8');

    expect(page).toMatch(/TLS 1\.2/);
    expect(page).toMatch(/SNI/);
  });

  test('the Policy is asked about the address that the front knows', async () => {
    const { body, permitted } = await worldOnline({ addressOf: () => '198.51.100.4' });

    await body(`/ringout.asp?cmd=list&${LOGIN}`);

    expect(permitted[0]?.address).toBe('198.51.100.4');
  });

  test('a body that does not come in time is refused, and the connection closed', async () => {
    const deadline = new AbortController();
    const { raw, platform } = await worldOnline({ clock: { deadline: () => deadline.signal } });
    const waiting = raw(`POST /ringout.asp HTTP/1.1\r\n${HOST}Content-Length: 500\r\n\r\ncmd=call&${LOGIN}&to=6505551230&from=6505551231`, {
      patienceMs: 5_000,
    });

    setTimeout(() => deadline.abort(), 50);
    const answer = await waiting;

    expect([answer.status, answer.body.toString(), answer.closed]).toEqual([200, 'FAILED Invalid Request', true]);
    expect(platform.requests).toEqual([]);
  });

  test('a program that sends far too much still learns of it', async () => {
    const { port } = await worldOnline();

    const answer = await send(port, Buffer.from(`POST /ringout.asp HTTP/1.1\r\n${HOST}Content-Length: 6000000\r\n\r\n${'a'.repeat(6_000_000)}`), {
      patienceMs: 5_000,
    });

    expect([answer.body.toString(), answer.closed]).toEqual(['FAILED Invalid Request', true]);
  });

  test.each(['destroy', 'resetAndDestroy'] as const)('a program that leaves before its body is whole has asked for nothing: %s', async (leave) => {
    const { port, server, platform, lines } = await worldOnline();
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST ${CALL} HTTP/1.1\r\n${HOST}Content-Length: 500\r\n\r\nclid=88893`);
    await once(server, 'request');

    socket[leave]();
    await untilIdle(server);

    expect(platform.requests).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('a program that leaves before its answer does not disturb anybody', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const made = world();
    const ringOut = { answer: async (...given: Parameters<typeof made.api.answer>) => held.then(() => made.api.answer(...given)) };
    const { port, server, body } = await worldOnline({ ringOut });
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${CALL} HTTP/1.1\r\n${HOST}\r\n`);
    await once(server, 'request');

    socket.destroy();
    await untilIdle(server);
    release();

    expect(await body('/ringout.asp?cmd=status&sessionid=18')).toBe('OK 18 1;6505551230;1;6505551231;1');
    expect(made.platform.asked[0]).toBe(`POST ${RING_OUT}`);
  });

  test('an error that nobody thought of is Service Unavailable, and logged without its text', async () => {
    const { body, lines } = await worldOnline({
      addressOf: () => {
        throw new TypeError('password=1234');
      },
    });

    expect(await body(`/ringout.asp?cmd=list&${LOGIN}`)).toBe('FAILED Service Unavailable');
    expect(lines).toEqual([{ level: 'error', event: 'legacy.failed', fields: { error: 'TypeError' } }]);
  });

  test('a connection serves one request after the other, and several at once in their order', async () => {
    const { port } = await worldOnline();
    const one = (sessionId: number) => `GET /ringout.asp?cmd=cancel&sessionid=${sessionId} HTTP/1.1\r\n${HOST}\r\n`;
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });

    socket.write(one(1) + one(2));
    await expect.poll(() => text).toMatch(/OK 1[^0-9].*OK 2$/s);
    socket.write(one(3));
    await expect.poll(() => text).toMatch(/OK 3$/);
    socket.destroy();
  });

  test('what cannot be parsed behind a request does not cost it its answer', async () => {
    const { raw, platform } = await worldOnline();

    const answer = await raw(`GET ${CALL} HTTP/1.1\r\n${HOST}\r\n\0\0\0`, { patienceMs: 5_000 });

    expect([answer.body.toString(), answer.headers.get('connection'), answer.closed]).toEqual(['OK 18 3', 'close', true]);
    expect(platform.requests).toHaveLength(1);
  });
});

describe('createClientErrorHandler', () => {
  test('headers that are too large for the parser, their request line still in the packet', async () => {
    const { raw } = await worldOnline({}, { maxHeaderSize: 4_096 });

    const legacy = await raw(`GET ${CALL} HTTP/1.1\r\n${HOST}X: ${'a'.repeat(8_000)}\r\n\r\n`, { patienceMs: 5_000 });
    const other = await raw(`GET /faxes HTTP/1.1\r\n${HOST}X: ${'a'.repeat(8_000)}\r\n\r\n`, { patienceMs: 5_000 });

    expect([legacy.status, legacy.body.toString(), legacy.closed]).toEqual([200, 'FAILED Invalid Request', true]);
    expect(legacy.headers.get('content-length')).toBe('22');
    expect([other.status, other.headers.get('content-type'), other.closed]).toEqual([431, 'application/problem+json', true]);
  });

  test.each([
    ['after the request line', [`GET ${CALL} HTTP/1.1\r\n`, 'Host: x\r\nno colon\r\n\r\n']],
    ['in the midst of the path', ['GET /ring', 'out.asp?to=(650) 555 HTTP/1.1\r\n\r\n']],
    ['in the midst of the method', ['G', 'ET /ringout.asp?a b HTTP/1.1\r\n\r\n']],
    ['behind empty lines', ['\r\n\r\n', '\r\nGET /ringout.asp?a', ' b HTTP/1.1\r\n\r\n']],
    ['after every byte', [...`GET /ringout.asp?a HTTP/1.1\r\n${HOST}X\0: 1\r\n\r\n`]],
    ['behind a request that was answered', [`GET /faxes HTTP/1.1\r\n${HOST}\r\n`, `GET ${CALL} HTTP/1.1\r\n`, 'no colon\r\n\r\n']],
    ['in one packet with a request that was answered', [`GET /faxes HTTP/1.1\r\n${HOST}\r\nGET ${CALL} HTTP/1.1\r\n`, 'no colon\r\n\r\n']],
  ])('P7: a request that was cut %s is known by its path', async (_what, parts) => {
    const { port, platform } = await worldOnline();

    const text = await sendInParts(port, parts);

    expect(text).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nFAILED Invalid Request$/);
    expect(text).not.toContain('HTTP/1.1 4');
    expect(platform.requests).toEqual([]);
  });

  test.each([
    ['FOO', '/ringout.asp?cmd=list', '200 OK'],
    ['get', '/RingOut.asp', '200 OK'],
    ['\r\nFOO', 'http://service.example/ringout.asp', '200 OK'],
    ['FOO', '/faxapi.asp', '200 OK'],
    ['FOO', '/faxes', '400 Bad Request'],
    ['FOO', '/ringout.aspx', '400 Bad Request'],
    ['FOO', '/restapi?/ringout.asp', '400 Bad Request'],
    ['GET', '/ringout\0.asp', '400 Bad Request'],
  ])('P7: %j %s, torn at any byte, is judged by its whole path', async (method, target, status) => {
    const { port, platform } = await worldOnline();
    const text = `${method} ${target} HTTP/1.1\r\n${HOST}\r\n`;
    const cuts = Array.from({ length: text.length - 1 }, (_, index) => index + 1);

    const answers = await Promise.all(cuts.map((at) => sendInParts(port, [text.slice(0, at), text.slice(at)])));
    const bytewise = await sendInParts(port, [...text]);

    const body = target.includes('fax') ? '5' : 'FAILED Invalid Request';
    for (const answer of [...answers, bytewise]) {
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
      expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
      if (status === '200 OK') expect(answer.endsWith(`\r\n\r\n${body}`)).toBe(true);
    }
    expect(platform.requests).toEqual([]);
  });

  test('P7: a path that is torn off by the program’s end is answered at once', async () => {
    const { port } = await worldOnline();

    expect(await sendInParts(port, ['FOO /ringout.asp'], { end: true })).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*FAILED Invalid Request$/);
    expect(await sendInParts(port, ['FO', 'O /ring'], { end: true })).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('P7: a path that does not come to its end in time is judged as it is', async () => {
    const deadlines: { ms: number; controller: AbortController }[] = [];
    const deadline = (ms: number) => {
      const controller = new AbortController();
      deadlines.push({ ms, controller });
      return controller.signal;
    };
    const { port } = await startWithHandler(world(), createClientErrorHandler({ deadline }));

    const answers = [sendInParts(port, ['FO', 'O /ringout.asp']), sendInParts(port, ['FO', 'O /ring'])];
    await expect.poll(() => deadlines.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { controller } of deadlines) controller.abort();

    expect(deadlines.map(({ ms }) => ms).slice(0, 2)).toEqual([5_000, 5_000]);
    expect((await Promise.all(answers)).map((answer) => answer.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  test.each([
    ['beyond 8 KiB', ['FOO /', ...Array.from({ length: 9 }, () => 'a'.repeat(1_000))]],
    ['that can be none', ['FOO', '\u0016\u0003\u0001']],
    ['whose method is too long', ['F', 'O'.repeat(40)]],
  ])('P7: a path %s is not waited for', async (_what, parts) => {
    const started = performance.now();
    const { port } = await worldOnline();

    expect(await sendInParts(port, parts)).toMatch(/^HTTP\/1\.1 400 /);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test.each([
    ['in one packet', ['GET /faxes b HTTP/1.1\r\n\r\n']],
    ['in two', ['GET /faxes HTTP/1.1\r\n', 'no colon\r\n\r\n']],
  ])('P7: what comes behind a legacy request that was answered is judged by its own path: %s', async (_what, parts) => {
    const { port } = await worldOnline();

    const text = await sendInParts(port, [`GET ${CALL} HTTP/1.1\r\n`, `${HOST}\r\n`, ...parts]);

    expect(text).toMatch(/OK 18 3HTTP\/1\.1 400 /);
  });

  test('P7: headers beyond 256 KiB, long after the request line', async () => {
    const { port } = await worldOnline();
    const lines = Array.from({ length: 40 }, () => `X: ${'a'.repeat(8_000)}\r\n`);

    const legacy = await sendInParts(port, [`GET ${CALL} HTTP/1.1\r\n`, ...lines]);
    const other = await sendInParts(port, ['GET /faxes HTTP/1.1\r\n', ...lines]);

    expect(legacy).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*FAILED Invalid Request$/);
    expect(other).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('P7: a program that stops in the midst of its headers', async () => {
    const { port } = await worldOnline();

    expect(await sendInParts(port, [`GET ${CALL} HTTP/1.1\r\nHo`], { end: true })).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*FAILED Invalid Request$/);
  });

  test('P7: a program that is too slow with its headers', async () => {
    const { port } = await worldOnline({}, { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 });

    const legacy = await sendInParts(port, [`GET ${CALL} HTTP/1.1\r\nHo`]);
    const other = await sendInParts(port, ['GET /faxes HTTP/1.1\r\nHo']);

    expect(legacy).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*FAILED Invalid Request$/);
    expect(other).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a program that never closes its end is closed by us', async () => {
    const deadline = new AbortController();
    const made = world();
    const { port, server } = await startWithHandler(made, createClientErrorHandler({ deadline: () => deadline.signal }));
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write('GET /ringout.asp?a b HTTP/1.1\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.write('more of the same');

    deadline.abort();
    await untilIdle(server);

    expect(chunk.toString('latin1')).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nFAILED Invalid Request$/s);
    socket.destroy();
  });

  test('an answer that has begun is not mixed with another', async () => {
    const { port, server } = await worldOnline();
    server.removeAllListeners('request');
    server.on('request', (_request, response) => void response.write('half'));
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.write(`GET /faxes HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => text).toContain('half');

    socket.write('\0\0\0');
    await once(socket, 'close');

    expect(text).not.toContain('400');
  });

  test('what follows a broken request is not answered a second time', () => {
    const socket = new PassThrough();
    const handle = createClientErrorHandler();
    const error = Object.assign(new Error(), { code: 'HPE_INVALID_CONSTANT', rawPacket: Buffer.from('GET /ringout.asp?a b HTTP/1.1\r\n\r\n') });
    const errors: Error[] = [];
    socket.on('error', (raised) => errors.push(raised));

    handle(error, socket);
    handle(error, socket);

    expect(String(socket.read()).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
    expect(errors).toEqual([]);
    expect(socket.listenerCount('error')).toBe(2);
  });

  test('a request that takes too long to arrive is answered with 408', () => {
    const socket = new PassThrough();

    createClientErrorHandler()(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);

    expect(String(socket.read())).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  test('a connection that was reset is only destroyed, and one that is destroyed left alone', () => {
    const reset = new PassThrough();
    const gone = new PassThrough().destroy();
    const handle = createClientErrorHandler();

    handle(Object.assign(new Error(), { code: 'ECONNRESET' }), reset);
    handle(Object.assign(new Error(), { code: 'HPE_INVALID_URL', rawPacket: Buffer.from('GET /ringout.asp') }), gone);

    expect([reset.destroyed, reset.readableLength, gone.readableLength]).toEqual([true, 0, 0]);
  });
});

describe('findFault', () => {
  test('HTTP/1.1 without Host is refused with a problem document, where the request is not a legacy one', async () => {
    const { raw } = await worldOnline();

    const refused = await raw('GET /faxes HTTP/1.1\r\n\r\n', { patienceMs: 5_000 });
    const served = await raw('GET /faxes HTTP/1.0\r\n\r\n', { patienceMs: 5_000 });

    expect([refused.status, JSON.parse(refused.body.toString()).code, refused.closed]).toEqual([400, 'framing_unclear', true]);
    expect(served.body.toString()).toBe('elsewhere');
  });
});

/** Sends parts as packets of their own, until the server closes; gives all that came back. */
async function sendInParts(port: number, parts: readonly string[], { end = false } = {}): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  for (const part of parts) {
    if (socket.destroyed) break;
    await new Promise((resolve) => socket.write(Buffer.from(part, 'latin1'), resolve));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (end) socket.end();
  await closed;
  return text;
}

async function startWithHandler(made: ReturnType<typeof world>, handler: ReturnType<typeof createClientErrorHandler>) {
  const front = await startFront({ ringOut: made.api, addressOf, log: made.log });
  fronts.push(front);
  front.server.removeAllListeners('clientError');
  front.server.on('clientError', handler);
  return front;
}
