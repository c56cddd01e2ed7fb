import type { Server, Socket } from 'node:net';
import { isLoopback } from '../domain/app.ts';
import { addressInBlocks } from '../domain/policy.ts';

/**
 * Turns away, before a byte is read, whoever may not speak plain HTTP to this gateway: all but this machine and the
 * blocks that were allowed by name.
 */
export function guardPlainHttp(server: Server, allowed: readonly string[]): void {
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (!isLoopback(address.replace(/^::ffff:/, '')) && !addressInBlocks(allowed, address)) socket.destroy();
  });
}
