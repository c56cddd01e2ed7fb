import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AtOnce } from '../domain/at-once.ts';
import { FramingUnclear, type GatewayError, ProxyAborted, RequestTooSlow } from '../domain/errors.ts';
import type { StopSignal } from '../domain/stop-signal.ts';
import { Stop } from '../runtime/stop.ts';
import type { TimeAllowed, Timed, TimeKeeper, Watched } from './time-keeper.ts';

// Node tells of a connection what it cannot parse, and not of which request it was a part. On the socket itself: a weak map that
// changes with every request took a quarter of the processor time of one.
const PRESENCE = Symbol('presence');

interface Marked {
  [PRESENCE]?: Presence | undefined;
}

/** Whether whoever sent a request is still there, and within its time. Whatever is done for it ends when it is not. */
export class Presence implements Watched {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #gone = new Stop();
  #timed: Timed | undefined;
  #reject: ((reason: GatewayError) => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    response.on('close', this.#onClose);
    (request.socket as Marked)[PRESENCE] = this;
  }

  /** Aborted with a `GatewayError`. */
  get signal(): StopSignal {
    return this.#gone;
  }

  /** From now on the request may take so long, and stand still for so long. */
  keepTime(keeper: TimeKeeper, allowed: TimeAllowed): void {
    this.#timed = keeper.begin(allowed, this);
  }

  bytes(): number {
    const { socket } = this.#request;
    return socket.bytesRead + socket.bytesWritten;
  }

  late(): void {
    this.#leave(this.#request.complete ? new ProxyAborted('The request stood still, or took longer than its Client may.') : new RequestTooSlow());
  }

  /**
   * What the work gives, unless the caller is gone before: then nobody waits for it any more.
   *
   * @throws ProxyAborted, RequestTooSlow, FramingUnclear
   */
  wait<T>(work: AtOnce<T>): AtOnce<T> {
    return work instanceof Promise ? this.#unlessGone(work) : work;
  }

  #unlessGone<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  /** What follows on the connection cannot be parsed: a request that was whole before is still answered, another is not. */
  breakOff(): void {
    this.#response.shouldKeepAlive = false;
    // Where its head promised another request on this connection, there is none.
    if (this.#response.headersSent) this.#response.once('finish', () => this.#request.socket.destroySoon());
    if (!this.#request.complete) this.#leave(new FramingUnclear('its body does not end where HTTP/1.1 has it end'));
  }

  /** The request is over. */
  end(): void {
    this.#timed?.end();
    const socket = this.#request.socket as Marked;
    if (socket[PRESENCE] === this) socket[PRESENCE] = undefined;
  }

  // Of an answer that is whole it comes too, and before anybody has heard that it is.
  readonly #onClose = (): void => {
    if (!this.#response.writableFinished) this.#leave(new ProxyAborted('Whoever asked has gone.'));
  };

  #leave(reason: GatewayError): void {
    this.#gone.abort(reason);
    this.#reject?.(reason);
  }
}

/**
 * Leaves a connection whose bytes cannot be parsed to the forwarded request that is under way on it.
 *
 * @returns whether there is one, which is answered then
 */
export function leaveToForwarded(socket: Duplex): boolean {
  const presence = (socket as Marked)[PRESENCE];
  presence?.breakOff();
  return presence !== undefined;
}
