import type { IncomingMessage } from 'node:http';
import type { TimeKeeper } from '../../proxy/time-keeper.ts';
import type { InFlight } from './in-flight.ts';

// Fifty megabytes over a line of a megabit take seven minutes.
const TIME = { durationMs: 15 * 60_000, idleMs: 30_000 };

/**
 * The body of a fax as it comes. Whoever stops before its end leaves the connection as it is.
 *
 * @throws Error  it is cut off, too slow, or what follows cannot be parsed
 */
export async function* faxBody(request: IncomingMessage, times: TimeKeeper, inFlight: InFlight): AsyncGenerator<Buffer> {
  let fault: Error | undefined;
  let hasEnded = false;
  let wake = (): void => undefined;
  const notice = () => wake();
  const stop = (why: string) => {
    fault ??= new Error(why);
    wake();
  };
  const ended = () => {
    hasEnded = true;
    wake();
  };
  const gone = () => {
    if (!hasEnded) stop('the caller has gone');
  };
  const timed = times.begin(TIME, { bytes: () => request.socket.bytesRead, late: () => stop('the body is too slow') });
  // What cannot be parsed may follow a body that is whole, and whose end is just on its way to us.
  inFlight.onBroken = () => {
    if (!request.complete) stop('the body cannot be parsed');
  };
  request.on('readable', notice).on('end', ended).on('close', gone);
  try {
    for (;;) {
      if (fault) throw fault;
      const chunk = request.read() as Buffer | null;
      if (chunk) {
        yield chunk;
        continue;
      }
      if (hasEnded || request.readableEnded) return;
      if (request.destroyed) throw new Error('the caller has gone');
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (fault) resolve();
      });
    }
  } finally {
    timed.end();
    inFlight.onBroken = undefined;
    request.off('readable', notice).off('end', ended).off('close', gone);
  }
}
