import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Has a request served that asks for a change which nobody here makes, as if it had not asked (RFC 9110 §7.8).
 *
 * Node has let go of its connection by then, and its body with it. So the request is put back in front of what still comes, without
 * the wish, and the connection begins anew.
 *
 * @param rest  what has been read behind the head
 */
export function serveWithoutUpgrade(server: Server, { method, url, httpVersion, rawHeaders }: IncomingMessage, socket: Socket, rest: Buffer): void {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    const left = name.toLowerCase() === 'connection' ? withoutUpgrade(value) : value;
    if (name.toLowerCase() !== 'upgrade') head += `${name}: ${left}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}

// What else it names still stays behind: HTTP2-Settings, for example.
function withoutUpgrade(names: string): string {
  return names
    .split(',')
    .filter((name) => name.trim().toLowerCase() !== 'upgrade')
    .join(',');
}
