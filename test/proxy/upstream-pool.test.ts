import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { advanceUntil, ask, OpenThings, type Outcome, pending, until } from './upstream-world.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const open = new OpenThings();
const { reach } = open;

afterEach(() => open.end());

async function serve(answer: (socket: Socket, nth: number) => void) {
  let connections = 0;
  const server = await open.serve((socket) => {
    connections += 1;
    const nth = connections;
    socket.on('data', () => answer(socket, nth));
  });
  return { ...server, connections: () => connections };
}

describe('the pool', () => {
  test('one socket serves one request after the other', async () => {
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin);

    for (let i = 0; i < 5; i += 1) expect((await ask(upstream)).ended).toBe(true);

    expect(server.connections()).toBe(1);
    expect(upstream.state()).toEqual({ open: 1, idle: 1, connecting: 0, waiting: 0, breaker: 'closed' });
  });

  test('no more sockets than allowed; the others wait, and are served in their order', async () => {
    const held: Socket[] = [];
    const server = await serve((socket) => void held.push(socket));
    const upstream = reach(server.origin, { maxSockets: 2 });
    const order: number[] = [];

    const all = [0, 1, 2, 3, 4].map((n) => ask(upstream).then(() => order.push(n)));
    await until(() => held.length === 2);
    expect(upstream.state()).toMatchObject({ open: 2, waiting: 3 });
    for (let answered = 0; answered < 5; answered += 1) {
      await until(() => held.length > 0);
      held.shift()?.write(ANSWER);
    }
    await Promise.all(all);

    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(server.connections()).toBe(2);
  });

  test('a queue that is full takes no more, and nothing of them is sent', async () => {
    const server = await serve(() => {});
    const upstream = reach(server.origin, { maxSockets: 1, maxWaiting: 1 });
    void ask(upstream);
    await until(() => server.sockets.size === 1 && upstream.state().open === 1);
    void ask(upstream);

    const { fault } = await ask(upstream);

    expect(fault).toMatchObject({ kind: 'crowded', sent: 'nothing', answered: false });
  });

  test('a request waits for a socket no longer than allowed', async () => {
    const clock = new ManualClock();
    const server = await serve(() => {});
    const upstream = reach(server.origin, { maxSockets: 1, waitMs: 10_000 }, clock);
    void ask(upstream);
    await until(() => upstream.state().open === 1);

    const waiting = pending(ask(upstream));
    await advanceUntil(clock, 250, () => waiting.done !== undefined);

    expect(waiting.done?.fault).toMatchObject({ kind: 'crowded', sent: 'nothing' });
    expect(clock.monotonic()).toBeGreaterThanOrEqual(10_000);
    expect(clock.monotonic()).toBeLessThan(12_000);
    expect(upstream.state()).toMatchObject({ open: 1, waiting: 0 });
  });

  test('17: a request that is given up in the queue leaves it', async () => {
    const server = await serve(() => {});
    const upstream = reach(server.origin, { maxSockets: 1 });
    void ask(upstream);
    await until(() => upstream.state().open === 1);
    const controller = new AbortController();

    const waiting = ask(upstream, { signal: controller.signal });
    controller.abort(new Error('gone'));

    expect((await waiting).fault).toMatchObject({ kind: 'aborted', sent: 'nothing' });
    expect(upstream.state().waiting).toBe(0);
  });

  test('17: a request that is given up frees its socket at once, and the other side sees it', async () => {
    const server = await serve(() => {});
    const upstream = reach(server.origin);
    const controller = new AbortController();
    const asked = ask(upstream, { signal: controller.signal });
    await until(() => server.sockets.size === 1 && upstream.state().open === 1);

    controller.abort();

    expect((await asked).fault).toMatchObject({ kind: 'aborted', sent: 'maybe' });
    expect(upstream.state().open).toBe(0);
    await until(() => server.sockets.size === 0 || [...server.sockets].every((socket) => socket.readableEnded || socket.destroyed));
  });

  test('37: a request given up in the middle of its answer takes the rest of it along', async () => {
    let requests = 0;
    const server = await serve((socket) => {
      requests += 1;
      socket.write(requests === 1 ? 'HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\nhello' : ANSWER);
    });
    const upstream = reach(server.origin);
    const next = await new Promise<Outcome>((resolve) => {
      const exchange = upstream.request(
        { method: 'GET', path: '/', headers: [] },
        {
          onHead() {},
          onData() {
            exchange.abort();
            void ask(upstream).then(resolve);
            for (const socket of server.sockets) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevil!');
          },
          onEnd() {},
          onError() {},
        },
      );
    });

    expect(Buffer.concat(next.chunks).toString()).toBe('ok');
    expect(server.connections()).toBe(2);
  });

  test('an answer that was whole when its reader paused leaves a socket that reads', async () => {
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin);
    await new Promise<void>((resolve, reject) => {
      upstream.request({ method: 'GET', path: '/', headers: [] }, { onHead() {}, onData: () => false, onEnd: resolve, onError: reject });
    });

    expect((await ask(upstream)).ended).toBe(true);
    expect(server.connections()).toBe(1);
  });

  test('a signal that was aborted before sends nothing', async () => {
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin);

    const { fault } = await ask(upstream, { signal: AbortSignal.abort() });

    expect(fault).toMatchObject({ kind: 'aborted', sent: 'nothing' });
    expect(server.connections()).toBe(0);
  });
});

describe('idle sockets', () => {
  test('are closed before the other side would', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin, { idleMs: 20_000 }, clock);
    await ask(upstream);

    await advanceUntil(clock, 250, () => upstream.state().idle === 0);

    expect(clock.monotonic()).toBeGreaterThanOrEqual(20_000);
    expect(clock.monotonic()).toBeLessThan(22_000);
  });

  test('are closed sooner where the other side says that it keeps them for less', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 0\r\n\r\n'));
    const upstream = reach(server.origin, { idleMs: 20_000 }, clock);
    await ask(upstream);

    await advanceUntil(clock, 250, () => upstream.state().idle === 0);

    expect(clock.monotonic()).toBeGreaterThanOrEqual(4_000);
    expect(clock.monotonic()).toBeLessThan(5_000);
  });

  test('become no older than allowed, so that a name with another address is followed', async () => {
    const clock = new ManualClock();
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin, { maxAgeMs: 60_000 }, clock);
    await ask(upstream);
    clock.advance(60_001);

    await ask(upstream);
    await ask(upstream);

    expect(server.connections()).toBe(2);
  });

  test('that the other side has closed are not used', async () => {
    const server = await serve((socket) => {
      socket.write(ANSWER);
      setImmediate(() => socket.end());
    });
    const upstream = reach(server.origin);
    await ask(upstream);
    await until(() => upstream.state().open === 0);

    expect((await ask(upstream)).ended).toBe(true);
    expect(server.connections()).toBe(2);
  });

  test('P5: one that is closed instead of an answer leaves it open whether the request was acted on', async () => {
    let requests = 0;
    const server = await serve((socket) => {
      requests += 1;
      if (requests === 1) socket.write(ANSWER);
      else socket.resetAndDestroy();
    });
    const upstream = reach(server.origin);
    await ask(upstream);

    const { fault } = await ask(upstream, { method: 'POST', body: Buffer.from('call me') });

    expect(fault).toMatchObject({ kind: 'closed', sent: 'maybe', reused: true, answered: false });
  });

  test('P5: on a fresh socket it is told apart', async () => {
    const server = await serve((socket) => socket.resetAndDestroy());

    const { fault } = await ask(reach(server.origin));

    expect(fault).toMatchObject({ kind: 'closed', sent: 'maybe', reused: false });
  });
});

describe('an upstream that cannot be reached', () => {
  test('P5: nothing was sent where nothing listens', async () => {
    const server = await serve(() => {});
    await open.closeNewest();

    const { fault } = await ask(reach(server.origin));

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing', answered: false, cause: { code: 'ECONNREFUSED' } });
  });

  test('18: after some failures in a row requests fail at once, and one at a time tries again', async () => {
    const clock = new ManualClock();
    const gone = await serve(() => {});
    await open.closeNewest();
    const upstream = reach(gone.origin, { breaker: { failures: 3, coolMs: 1_000, maxCoolMs: 4_000 } }, clock);
    for (let i = 0; i < 3; i += 1) expect((await ask(upstream)).fault?.kind).toBe('unreachable');

    expect(upstream.state().breaker).toBe('open');
    expect((await ask(upstream)).fault).toMatchObject({ kind: 'away', sent: 'nothing', retryAfterMs: 1_000 });

    clock.advance(1_000);
    const [probe, other] = await Promise.all([ask(upstream), ask(upstream)]);
    expect(probe.fault?.kind).toBe('unreachable');
    expect(other.fault?.kind).toBe('away');
    expect((await ask(upstream)).fault?.retryAfterMs).toBe(2_000);
  });

  test('18: it is used again once it answers', async () => {
    const clock = new ManualClock();
    let well = false;
    const server = await serve((socket) => (well ? socket.write(ANSWER) : undefined));
    const upstream = reach(server.origin, { headMs: 1_000, breaker: { failures: 1, coolMs: 1_000, maxCoolMs: 4_000 } }, clock);
    const silent = pending(ask(upstream));
    await advanceUntil(clock, 250, () => silent.done !== undefined);
    expect(silent.done?.fault).toMatchObject({ kind: 'silent', sent: 'maybe' });
    expect(upstream.state().breaker).toBe('open');

    well = true;
    clock.advance(1_000);

    expect((await ask(upstream)).ended).toBe(true);
    expect(upstream.state().breaker).toBe('closed');
    expect((await ask(upstream)).ended).toBe(true);
  });

  test('18: a probe that is given up lets the next request be the probe', async () => {
    const clock = new ManualClock();
    const server = await serve(() => {});
    const upstream = reach(server.origin, { headMs: 1_000, breaker: { failures: 1, coolMs: 1_000, maxCoolMs: 4_000 } }, clock);
    const silent = pending(ask(upstream));
    await advanceUntil(clock, 250, () => silent.done !== undefined);
    clock.advance(1_000);
    const controller = new AbortController();

    const probe = ask(upstream, { signal: controller.signal });
    expect((await ask(upstream)).fault?.kind).toBe('away');
    controller.abort();
    await probe;
    const next = pending(ask(upstream));
    await until(() => upstream.state().open === 1);

    expect(next.done).toBeUndefined();
    expect(upstream.state().breaker).toBe('half-open');
  });

  test('18: a dead upstream takes nothing from another one', async () => {
    const dead = reach((await serve(() => {})).origin, { maxSockets: 2, maxWaiting: 10 });
    const well = reach((await serve((socket) => socket.write(ANSWER))).origin);
    for (let i = 0; i < 12; i += 1) void ask(dead);
    await until(() => dead.state().open === 2);

    const outcomes = await Promise.all(Array.from({ length: 200 }, () => ask(well)));

    expect(outcomes.every(({ ended }) => ended)).toBe(true);
    expect(dead.state()).toMatchObject({ open: 2, waiting: 10 });
  });
});

describe('closing', () => {
  test('31: what is under way, and what waits, is finished; nothing new is taken', async () => {
    const held: Socket[] = [];
    const server = await serve((socket) => void held.push(socket));
    const upstream = reach(server.origin, { maxSockets: 1 });
    const first = ask(upstream);
    await until(() => held.length === 1);
    const second = ask(upstream);

    let closed = false;
    const closing = upstream.close().then(() => {
      closed = true;
    });
    expect((await ask(upstream)).fault).toMatchObject({ kind: 'closing', sent: 'nothing' });
    held.shift()?.write(ANSWER);
    expect((await first).ended).toBe(true);
    expect(closed).toBe(false);
    await until(() => held.length === 1);
    held.shift()?.write(ANSWER);

    expect((await second).ended).toBe(true);
    await closing;
    expect(upstream.state()).toMatchObject({ open: 0, connecting: 0, waiting: 0 });
  });

  test('idle sockets do not hold it up', async () => {
    const server = await serve((socket) => socket.write(ANSWER));
    const upstream = reach(server.origin);
    await ask(upstream);

    await upstream.close();

    expect(upstream.state().open).toBe(0);
  });

  test('all is ended at once when there is no more time', async () => {
    const server = await serve(() => {});
    const upstream = reach(server.origin, { maxSockets: 1 });
    const both = [ask(upstream), ask(upstream)];
    await until(() => upstream.state().open === 1);

    upstream.destroy();

    expect((await Promise.all(both)).map(({ fault }) => fault?.kind)).toEqual(['closing', 'closing']);
    await upstream.close();
  });
});
