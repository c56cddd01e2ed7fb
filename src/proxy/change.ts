import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RawHeaders } from '../runtime/raw-headers.ts';
import type { EarlyBytes } from './early-bytes.ts';
import type { TimeKeeper } from './time-keeper.ts';

// What one side had sent last is still given to the other, if that takes it.
const LAST_WORDS = { durationMs: 10_000, idleMs: 10_000 };
// Tells of a caller that went away without a word; the way to the platform has the same.
const KEEP_ALIVE_DELAY_MS = 30_000;

/** A request that wants to change to another protocol. */
export interface Change {
  readonly protocol: string;
  readonly caller: Socket;
  readonly early: EarlyBytes;
}

/** A change that the platform has agreed to. */
export interface Changed extends Change {
  /** What the request would have been answered with; it lets go of the caller. */
  readonly response: ServerResponse;
  readonly platform: Socket;
  readonly headers: RawHeaders;
  /** What the platform has sent in the other protocol already. */
  readonly received: Buffer;
  readonly times: TimeKeeper;
}

/**
 * Passes bytes both ways as they come, at the pace of whoever takes them. When one side ends, or is gone, the other is closed: a
 * WebSocket has no use for a half of a connection.
 */
export function joinSockets({ response, caller, early, platform, received, headers, times }: Changed): void {
  response.detachSocket(caller);
  caller.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  caller.write(headText(headers), 'latin1');
  if (received.length > 0) caller.write(received);
  const sent = early.take();
  if (sent.length > 0) platform.write(sent);
  caller.pipe(platform);
  platform.pipe(caller);
  closeWith(caller, platform, times);
  closeWith(platform, caller, times);
}

function closeWith(one: Socket, other: Socket, times: TimeKeeper): void {
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    one.destroySoon();
    other.destroySoon();
    const timed = times.begin(LAST_WORDS, { bytes: () => 0, late: () => other.destroy() });
    other.once('close', () => timed.end());
  };
  one.once('end', close);
  one.once('close', close);
  one.on('error', () => one.destroy());
}

function headText(headers: RawHeaders): string {
  let text = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let index = 0; index < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${text}\r\n`;
}
