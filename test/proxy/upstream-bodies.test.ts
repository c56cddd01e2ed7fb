import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { UpstreamExchange } from '../../src/proxy/upstream/exchange.ts';
import type { UpstreamFault } from '../../src/proxy/upstream/faults.ts';
import { ManualClock } from '../manual-clock.ts';
import { advanceUntil, ask, OpenThings, pending, until } from './upstream-world.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const MIB = 1024 * 1024;
const open = new OpenThings();
const { reach } = open;

afterEach(() => open.end());

/** A server that notes all it receives, packet by packet. */
async function serve(react: (socket: Socket, soFar: string, packets: Buffer[]) => void) {
  const server = await open.serve((socket) => {
    const packets: Buffer[] = [];
    socket.on('data', (packet) => {
      packets.push(packet);
      react(socket, Buffer.concat(packets).toString('latin1'), packets);
    });
  });
  return server;
}

/** Gives pieces for as long as it is asked, and counts them. */
function source(pieces: number, size: number) {
  let given = 0;
  const stream = new Readable({
    read() {
      given += 1;
      this.push(given > pieces ? null : Buffer.alloc(size, 97));
    },
  });
  return { stream, given: () => given };
}

describe('the body of a request', () => {
  test.each([
    ['a buffer', () => ({ body: Buffer.from('hello') })],
    ['a stream of known length', () => ({ body: Readable.from([Buffer.from('hello')]), bodyLength: 5 })],
  ])('%s leaves in one packet with the head', async (_, body) => {
    let packets: Buffer[] = [];
    const server = await serve((socket, _soFar, all) => {
      packets = all;
      socket.write(ANSWER);
    });

    await ask(reach(server.origin), { method: 'POST', ...body() });

    expect(packets.map(String)).toEqual([`POST / HTTP/1.1\r\nHost: ${server.origin.slice(7)}\r\nContent-Length: 5\r\n\r\nhello`]);
  });

  test('of unknown length goes in chunks, with its trailers', async () => {
    let all = '';
    const server = await serve((socket, soFar) => {
      all = soFar;
      if (soFar.endsWith('\r\nX-End: 1\r\n\r\n')) socket.write(ANSWER);
    });

    await ask(reach(server.origin), {
      method: 'POST',
      body: Readable.from([Buffer.from('hello'), Buffer.alloc(0), Buffer.from(' world')]),
      trailers: () => ['X-End', '1'],
    });

    expect(all.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe('5\r\nhello\r\n6\r\n world\r\n0\r\nX-End: 1\r\n\r\n');
    expect(all).toContain('\r\nTransfer-Encoding: chunked\r\n');
    expect(all).not.toMatch(/content-length/i);
  });

  test('P1: is read no faster than the upstream takes it', async () => {
    const server = await serve((socket) => socket.pause());
    const upstream = reach(server.origin);
    const { stream, given } = source(1_000, 64 * 1024);

    void ask(upstream, { method: 'POST', body: stream });
    await until(() => given() > 2);
    let before = -1;
    while (before !== given()) {
      before = given();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }

    expect(given()).toBeLessThan(200);
    stream.destroy();
  });

  test('39: an upstream that takes nothing of it is given up', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => socket.pause());
    const upstream = reach(server.origin, { sendIdleMs: 60_000 }, clock);
    const { stream } = source(1_000, 64 * 1024);

    const asked = pending(ask(upstream, { method: 'POST', body: stream }));
    await until(() => stream.isPaused());
    const from = clock.monotonic();
    await advanceUntil(clock, 250, () => asked.done !== undefined);

    expect(asked.done?.fault).toMatchObject({ kind: 'silent', sent: 'maybe', bodyTouched: true });
    expect(clock.monotonic() - from).toBeGreaterThanOrEqual(59_000);
  });

  test('39: so is one that answers a little meanwhile', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => {
      socket.pause();
      socket.write('HTTP/1.1 102 Processing\r\n\r\n');
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'), 50);
    });
    const { stream } = source(1_000, 64 * 1024);
    let data = false;
    let fault: UpstreamFault | undefined;
    const take = {
      onHead() {},
      onData() {
        data = true;
      },
      onEnd() {},
      onError(error: UpstreamFault) {
        fault = error;
      },
    };
    reach(server.origin, { sendIdleMs: 60_000 }, clock).request({ method: 'POST', path: '/', headers: [], body: stream }, take);
    await until(() => stream.isPaused() && data);

    await advanceUntil(clock, 250, () => fault !== undefined);

    expect(fault).toMatchObject({ kind: 'silent', answered: true });
  });

  test('that ended before its request is told after the request is in hand', async () => {
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin);
    await ask(upstream);
    const body = new PassThrough();
    body.destroy();

    let returned = false;
    const early = await new Promise<boolean>((resolve) => {
      upstream.request({ method: 'POST', path: '/', headers: [], body }, { onHead() {}, onData() {}, onEnd() {}, onError: () => resolve(!returned) });
      returned = true;
    });

    expect(early).toBe(false);
  });

  test('that comes slowly is waited for: the upstream is not to blame', async () => {
    const clock = new ManualClock();
    const server = await serve((socket, soFar) => void (soFar.endsWith('end') && socket.write(ANSWER)));
    const body = new PassThrough();
    const asked = pending(ask(reach(server.origin, {}, clock), { method: 'POST', body, bodyLength: 6 }));
    body.write('not');
    await until(() => server.sockets.size === 1);

    for (let i = 0; i < 20; i += 1) {
      clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(asked.done).toBeUndefined();
    body.end('end');

    await until(() => asked.done !== undefined);
    expect(asked.done?.ended).toBe(true);
  });

  test.each([
    ['longer than its length', () => ({ body: Readable.from([Buffer.from('hello!')]), bodyLength: 5 })],
    ['shorter than its length', () => ({ body: Readable.from([Buffer.from('hell')]), bodyLength: 5 })],
    ['that fails', () => ({ body: failing() })],
    ['that is destroyed', () => ({ body: destroyed() })],
    ['whose trailers cannot be sent', () => ({ body: Readable.from([Buffer.from('hello')]), trailers: () => ['X-End', '1\r\nX: 2'] })],
  ])('37: one %s is never taken for a whole one', async (_, body) => {
    const seen: string[] = [];
    const server = await serve((_socket, soFar) => void seen.splice(0, 1, soFar));
    const upstream = reach(server.origin);

    const { fault } = await ask(upstream, { method: 'POST', ...body() });
    await until(() => server.sockets.size === 0 || [...server.sockets].every((socket) => socket.readableEnded || socket.destroyed));

    expect(fault).toMatchObject({ kind: 'source', sent: 'maybe' });
    expect(seen[0] ?? '').not.toMatch(/hello!|\r\n0\r\n/);
    expect(upstream.state().open).toBe(0);
  });

  test('of known length is whole with its last byte, whenever its stream ends: the socket serves the next request', async () => {
    const server = await serve((socket, soFar) => void (soFar.endsWith('hello') && socket.write(ANSWER)));
    const upstream = reach(server.origin);
    const body = new PassThrough();
    body.write('hello');

    expect((await ask(upstream, { method: 'POST', body, bodyLength: 5 })).ended).toBe(true);
    expect(upstream.state()).toMatchObject({ open: 1, idle: 1 });
    body.end();
    await new Promise((resolve) => body.on('end', resolve));
  });

  test('of known length zero needs no end of its stream', async () => {
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin);

    expect((await ask(upstream, { method: 'POST', body: new PassThrough(), bodyLength: 0 })).ended).toBe(true);
    expect(upstream.state().idle).toBe(1);
  });

  test('is not touched where no connection could be made: it can go with another request', async () => {
    const server = await serve(() => {});
    await open.closeNewest();
    const { stream, given } = source(1, 5);

    const { fault } = await ask(reach(server.origin), { method: 'POST', body: stream });

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing', bodyTouched: false });
    expect(given()).toBe(0);
  });
});

function failing(): Readable {
  return new Readable({
    read() {
      this.destroy(new Error('the disk is gone'));
    },
  });
}

function destroyed(): Readable {
  const stream = new PassThrough();
  stream.write('hel');
  setTimeout(() => stream.destroy(), 20);
  return stream;
}

describe('Expect: 100-continue', () => {
  test('the body leaves when the upstream says so', async () => {
    const steps: string[] = [];
    const server = await serve((socket, soFar) => {
      steps.push(soFar.split('\r\n\r\n')[1] ?? '');
      if (soFar.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      else socket.write(ANSWER);
    });

    const outcome = await ask(reach(server.origin), { method: 'POST', body: Readable.from([Buffer.from('hello')]), bodyLength: 5, expectContinue: true });

    expect(outcome).toMatchObject({ ended: true, informations: [100] });
    expect(steps).toEqual(['', 'hello']);
  });

  test('a refusal instead leaves the body untouched, and the socket is not used again', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n'));
    const upstream = reach(server.origin);
    const { stream, given } = source(1, 5);

    const outcome = await ask(upstream, { method: 'POST', body: stream, bodyLength: 5, expectContinue: true });

    expect(outcome).toMatchObject({ ended: true, status: 417 });
    expect(given()).toBe(0);
    expect(upstream.state().open).toBe(0);
  });

  test('an upstream that does not know it gets the body after a while', async () => {
    const clock = new ManualClock();
    const server = await serve((socket, soFar) => void (soFar.endsWith('hello') && socket.write(ANSWER)));
    const asked = pending(ask(reach(server.origin, { continueMs: 1_000 }, clock), { method: 'POST', body: Buffer.from('hello'), expectContinue: true }));

    await advanceUntil(clock, 250, () => asked.done !== undefined);

    expect(asked.done?.ended).toBe(true);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(1_000);
  });
});

describe('an answer that does not wait for the body', () => {
  test('is passed on, and the socket is not used again', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'));
    const upstream = reach(server.origin);
    const body = new PassThrough();
    body.write('a beginning');

    const outcome = await ask(upstream, { method: 'POST', body, bodyLength: 1_000 });

    expect(outcome).toMatchObject({ ended: true, status: 413 });
    expect(upstream.state().open).toBe(0);
    body.destroy(new Error('nobody reads it any more'));
  });

  test('is passed on where the upstream hangs up without reading the body', async () => {
    const server = await serve((socket) => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno', () => socket.resetAndDestroy());
    });
    const upstream = reach(server.origin);

    for (let i = 0; i < 20; i += 1) {
      const { status, ended, fault } = await ask(upstream, { method: 'POST', body: source(200, 64 * 1024).stream });

      expect({ status, ended, fault }).toEqual({ status: 413, ended: true, fault: undefined });
    }
  });

  test.each(['closes', 'resets'])('is passed on where the upstream %s the connection and we learn it by writing, before reading', async (how) => {
    const body = new PassThrough();
    const server = await serve((socket) => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno', () => {
        if (how === 'resets') socket.resetAndDestroy();
        else socket.destroy();
        // Same turn of the event loop: what was sent is with the kernel, and we have not read it.
        setImmediate(() => {
          for (let i = 0; i < 5; i += 1) body.write('more');
          process.nextTick(() => body.write('and more'));
        });
      });
    });
    const asked = ask(reach(server.origin), { method: 'POST', body });
    body.write('a beginning');

    const { status, ended, fault } = await asked;

    expect({ status, ended, fault }).toEqual({ status: 413, ended: true, fault: undefined });
  });

  test('while both go on, both arrive whole', async () => {
    const sent = randomBytes(4 * MIB);
    const server = await open.serve((socket) => {
      let head = true;
      socket.on('data', (packet) => {
        if (head) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${sent.length}\r\n\r\n`);
        const body = head ? packet.subarray(packet.indexOf('\r\n\r\n') + 4) : packet;
        head = false;
        if (!socket.write(body)) socket.pause();
      });
      socket.on('drain', () => socket.resume());
    });
    const pieces = Array.from({ length: 64 }, (_, i) => sent.subarray((i * sent.length) / 64, ((i + 1) * sent.length) / 64));

    const outcome = await ask(reach(server.origin), { method: 'POST', body: Readable.from(pieces), bodyLength: sent.length });

    expect(outcome.ended).toBe(true);
    expect(digest(Buffer.concat(outcome.chunks))).toBe(digest(sent));
  });
});

describe('the body of an answer', () => {
  test.each([
    ['of known length', 'Content-Length: 10\r\n\r\nhello', 'world', [false, true]],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', '5\r\nworld\r\n0\r\n\r\n', [false, false]],
  ])('%s tells its last piece as such where that is known', async (_, first, second, expected) => {
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${first}`);
      setTimeout(() => socket.write(second), 30);
    });
    const upstream = reach(server.origin);
    const lasts: boolean[] = [];

    await new Promise<void>((resolve, reject) => {
      const onData = (_chunk: Buffer, last: boolean) => void lasts.push(last);
      upstream.request({ method: 'GET', path: '/', headers: [] }, { onHead() {}, onData, onEnd: resolve, onError: reject });
    });

    expect(lasts).toEqual(expected);
  });

  test('P1: is taken no faster than the caller takes it, and is whole in the end', async () => {
    const body = randomBytes(16 * MIB);
    let written = 0;
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      const more = () => {
        while (written < body.length && socket.write(body.subarray(written, written + 65_536))) written += 65_536;
        written += written < body.length ? 65_536 : 0;
      };
      socket.on('drain', more);
      more();
    });
    const upstream = reach(server.origin);
    const got: Buffer[] = [];
    let after = 0;
    let paused = true;
    let exchange: UpstreamExchange | undefined;

    const whole = new Promise<void>((resolve, reject) => {
      exchange = upstream.request(
        { method: 'GET', path: '/', headers: [] },
        {
          onHead() {},
          onData(chunk) {
            got.push(chunk);
            if (paused) after += 1;
            return false;
          },
          onEnd: resolve,
          onError: reject,
        },
      );
    });
    await until(() => got.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(after).toBe(1);
    expect(written).toBeLessThan(body.length);
    paused = false;
    const resuming = setInterval(() => exchange?.resume(), 1);
    await whole;
    clearInterval(resuming);

    expect(digest(Buffer.concat(got))).toBe(digest(body));
    await until(() => upstream.state().idle === 1);
  });

  test('39: that stops coming is given up; while the caller takes none, time does not count', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'));
    const upstream = reach(server.origin, { bodyIdleMs: 60_000 }, clock);
    let fault: UpstreamFault | undefined;
    let data = 0;
    const exchange = upstream.request(
      { method: 'GET', path: '/', headers: [] },
      {
        onHead() {},
        onData() {
          data += 1;
          return false;
        },
        onEnd() {},
        onError(error) {
          fault = error;
        },
      },
    );
    await until(() => data === 1);
    for (let i = 0; i < 5; i += 1) {
      clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(fault).toBeUndefined();

    exchange.resume();
    await advanceUntil(clock, 250, () => fault !== undefined);

    expect(fault).toMatchObject({ kind: 'silent', answered: true });
  });

  test('39: a head that comes byte by byte has no more time than one that does not come', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => {
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write('H')), 1);
      socket.write('HTTP/1.1 200 OK\r\nX-A: ');
    });
    const asked = pending(ask(reach(server.origin, { headMs: 75_000 }, clock)));
    await until(() => server.sockets.size === 1);

    await advanceUntil(clock, 1_000, () => asked.done !== undefined);

    expect(asked.done?.fault).toMatchObject({ kind: 'silent', sent: 'maybe', answered: false });
    expect(clock.monotonic()).toBeLessThan(80_000);
  });
});

describe('a handler that throws', () => {
  test.each(['onHead', 'onData', 'onInformation'])('in %s loses its own request and the socket, nothing else', async (where) => {
    const server = await serve((socket) => socket.write(`HTTP/1.1 102 Processing\r\n\r\n${ANSWER}`));
    const upstream = reach(server.origin);
    const handler = { onInformation() {}, onHead() {}, onData() {}, onEnd() {} };
    const defect = new Error('a defect');

    const fault = await new Promise<UpstreamFault>((resolve) => {
      const broken = {
        ...handler,
        [where]() {
          throw defect;
        },
        onError: resolve,
      };
      upstream.request({ method: 'GET', path: '/', headers: [] }, broken);
    });

    expect(fault).toMatchObject({ kind: 'aborted', cause: defect });
    expect((await ask(upstream)).ended).toBe(true);
  });
});

describe('a handler that gives up', () => {
  test('in the middle of an answer that is unusable further on is told of nothing more', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n'));
    const upstream = reach(server.origin);

    const kinds = await new Promise<string[]>((resolve) => {
      const told: string[] = [];
      const exchange = upstream.request(
        { method: 'GET', path: '/', headers: [] },
        { onHead() {}, onData: () => exchange.abort(), onEnd: () => void told.push('end'), onError: ({ kind }) => void told.push(kind) },
      );
      setTimeout(() => resolve(told), 100);
    });

    expect(kinds).toEqual(['aborted']);
  });
});

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
