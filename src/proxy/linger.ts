import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TimeKeeper } from './time-keeper.ts';

// Many programs send their body to its end before they look for an answer: so much is read for them, and thrown away. A fax has
// 50 MB at most.
const READ_BYTES = 64 * 1024 * 1024;
const READ_TIME = { durationMs: 10_000, idleMs: 3_000 };

// A socket that is gone takes its entry with it.
const closing = new WeakSet<Socket>();

/** Whether a connection serves no further request: what its caller sends behind the last one is not looked at (RFC 9112 §9.6). */
export function isClosing(socket: Socket): boolean {
  return closing.has(socket);
}

/**
 * For an answer that goes out while its request is still coming: its connection serves no further request, and is closed in a way
 * that lets the answer arrive. Closed at once, with bytes unread, it would be reset, and a program that is still sending would
 * lose the answer.
 *
 * So the answer is followed by the end of our side, and what still comes is thrown away, up to a bound in bytes and in time.
 *
 * @see RFC 9112 §9.6
 */
export function closeGently(request: IncomingMessage, response: ServerResponse, keeper: TimeKeeper): void {
  response.shouldKeepAlive = false;
  closing.add(request.socket);
  // In front of Node's own listener, which closes the connection.
  response.prependOnceListener('finish', () => {
    if (!request.complete) linger(request, keeper);
  });
}

function linger(request: IncomingMessage, keeper: TimeKeeper): void {
  const { socket } = request;
  const close = () => socket.destroy();
  let left = READ_BYTES;
  // What Node calls for a connection that serves no further request.
  socket.destroySoon = () => {
    socket.end();
    const timed = keeper.begin(READ_TIME, { bytes: () => socket.bytesRead, late: close });
    socket.once('close', () => timed.end());
    socket.once('end', close);
    request.once('end', close);
    const discard = () => {
      for (let piece = request.read() as Buffer | null; piece; piece = request.read() as Buffer | null) left -= piece.length;
      if (left < 0) close();
    };
    // Not `data`: whoever read the body until now may still wait for the next piece, and keeps the stream from flowing.
    request.on('readable', discard);
    discard();
  };
}
