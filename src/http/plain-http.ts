import type { Server, Socket } from 'node:net';
import { isLoopback } from '../domain/app.ts';
import { addressInBlocks } from '../domain/policy.ts';

/**
 * Turns away, before a byte is read, whoever may not speak plain HTTP to this gateway: all but this machine and the
 * blocks that were allowed by name.
 *
 * @param allowed  CIDR blocks and single addresses
 */
export function guardPlainHttp(server: Server, allowed: readonly string[]): void {
  server.on('connection', (socket: Socket) => {
    if (!isFromThisMachine(socket) && !addressInBlocks(allowed, socket.remoteAddress ?? '')) socket.destroy();
  });
}

/** Whether this machine holds the other end of a connection: a loopback address, IPv4-mapped IPv6 included. */
export function isFromThisMachine({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): boolean {
  return isLoopback(remoteAddress.replace(/^::ffff:/, ''));
}
