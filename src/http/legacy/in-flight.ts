import type { Duplex } from 'node:stream';

/** A legacy request that has not been answered yet. */
export interface InFlight {
  /** Whether the connection must be closed after the answer. */
  closing: boolean;
  /** Called when the bytes that follow on the connection cannot be parsed: a body that is being read never ends. */
  onBroken: (() => void) | undefined;
}

// Node's 'clientError' gives a socket and no request, so this is how it finds what is going on there. A socket that
// is gone takes its entry with it.
const requests = new WeakMap<Duplex, Set<InFlight>>();

/** Notes a request until `leave` is called with it. */
export function enter(socket: Duplex): InFlight {
  const request: InFlight = { closing: false, onBroken: undefined };
  const others = requests.get(socket) ?? new Set();
  requests.set(socket, others.add(request));
  return request;
}

/** The request is answered, or its caller is gone. */
export function leave(socket: Duplex, request: InFlight): void {
  requests.get(socket)?.delete(request);
}

/**
 * Leaves a connection whose bytes cannot be parsed to the legacy requests under way on it: they are answered, and the
 * last of them closes it. So a program that announces a shorter body than it sends still learns of its call.
 *
 * @returns whether there is one
 */
export function leaveToRequests(socket: Duplex): boolean {
  const underWay = [...(requests.get(socket) ?? [])];
  for (const request of underWay) request.onBroken?.();
  const last = underWay.at(-1);
  if (last) last.closing = true;
  return last !== undefined;
}
