import type { IncomingMessage } from 'node:http';
import type { InFlight } from './in-flight.ts';

// What a body may exceed its limit by and still be read to its end, unkept: a connection that is closed under a
// program that is still sending makes it miss the answer.
const DISCARD_LIMIT_BYTES = 8 * 1024 * 1024;

/** `refused`: too large, too slow, or not parsable. `gone`: the caller left before its end. */
export type BodyRead = { readonly text: string } | 'refused' | 'gone';

/**
 * Reads a body whole, each byte as one character.
 *
 * @param deadline  aborts when it has lasted too long
 */
export function readBody(request: IncomingMessage, limitBytes: number, deadline: AbortSignal, inFlight: InFlight): Promise<BodyRead> {
  return new Promise((resolve) => {
    let kept = Buffer.alloc(0);
    let length = 0;

    // One growing buffer: chunks of one byte, kept as they come, would take a hundred times their size.
    const keep = (chunk: Buffer): void => {
      if (length + chunk.length > kept.length) kept = Buffer.concat([kept.subarray(0, length)], 2 * (length + chunk.length));
      chunk.copy(kept, length);
    };

    const end = (read: BodyRead): void => {
      deadline.removeEventListener('abort', refuse);
      inFlight.onBroken = undefined;
      request.removeAllListeners('data');
      resolve(read);
    };
    const refuse = (): void => end('refused');

    deadline.addEventListener('abort', refuse);
    // What cannot be parsed may follow a body that is whole, and whose end is just on its way to us.
    inFlight.onBroken = () => {
      if (!request.complete) refuse();
    };
    request.on('data', (chunk: Buffer) => {
      if (length + chunk.length <= limitBytes) keep(chunk);
      length += chunk.length;
      if (length > limitBytes + DISCARD_LIMIT_BYTES) refuse();
    });
    request.once('end', () => end(length > limitBytes ? 'refused' : { text: kept.toString('latin1', 0, length) }));
    request.once('close', () => end('gone'));
  });
}
