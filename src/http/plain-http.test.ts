import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import { describe, expect, test } from 'vitest';
import { guardPlainHttp } from './plain-http.ts';

describe('guardPlainHttp', () => {
  test.each([
    ['127.0.0.1', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['192.0.2.7', false],
    ['::ffff:192.0.2.7', false],
    ['192.0.3.7', true],
    ['2001:db8::1', true],
    [undefined, true],
  ])('S6: with 192.0.2.0/24 allowed, a connection from %s is turned away: %s', (remoteAddress, turnedAway) => {
    const server = new EventEmitter();
    let destroyed = false;
    guardPlainHttp(server as unknown as Server, ['192.0.2.0/24']);

    server.emit('connection', {
      remoteAddress,
      destroy: () => {
        destroyed = true;
      },
    });

    expect(destroyed).toBe(turnedAway);
  });
});
