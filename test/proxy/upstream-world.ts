import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { UpstreamRequest } from '../../src/proxy/upstream/exchange.ts';
import type { UpstreamFault } from '../../src/proxy/upstream/faults.ts';
import type { UpstreamLimits } from '../../src/proxy/upstream/options.ts';
import { createUpstream, type Upstream } from '../../src/proxy/upstream/upstream.ts';
import { type SteadyClock, systemClock } from '../../src/runtime/clock.ts';
import type { ManualClock } from '../manual-clock.ts';

/** What became of a request. */
export interface Outcome {
  readonly informations: number[];
  status?: number;
  reason?: string;
  rawHeaders?: string[];
  readonly chunks: Buffer[];
  trailers?: string[];
  ended: boolean;
  fault?: UpstreamFault;
}

/** Sends a request, and collects all that is told. */
export function ask(upstream: Upstream, request: Partial<UpstreamRequest> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const outcome: Outcome = { informations: [], chunks: [], ended: false };
    upstream.request(
      { method: 'GET', path: '/', headers: [], ...request },
      {
        onInformation: (status) => void outcome.informations.push(status),
        onHead(status, reason, rawHeaders) {
          Object.assign(outcome, { status, reason, rawHeaders });
        },
        onData: (chunk) => void outcome.chunks.push(chunk),
        onTrailers(trailers) {
          outcome.trailers = trailers;
        },
        onEnd() {
          outcome.ended = true;
          resolve(outcome);
        },
        onError(fault) {
          outcome.fault = fault;
          resolve(outcome);
        },
      },
    );
  });
}

/** A server of plain sockets; `serve` is called for each connection. */
export async function rawServer(serve: (socket: Socket) => void): Promise<{ origin: string; sockets: Set<Socket>; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An upstream on the machine's clock, or on one that a test moves by hand. */
export function plainUpstream(origin: string, limits: Partial<UpstreamLimits> = {}, clock: SteadyClock = systemClock): Upstream {
  return createUpstream(origin, { clock, limits });
}

/** What a file's tests have open: `end` after each of them. */
export class OpenThings {
  readonly #servers: { close(): Promise<void> }[] = [];
  readonly #upstreams: Upstream[] = [];

  /** A server of plain sockets, see `rawServer`. */
  async serve(answer: (socket: Socket) => void): Promise<Awaited<ReturnType<typeof rawServer>>> {
    const server = await rawServer(answer);
    this.#servers.push(server);
    return server;
  }

  /** An upstream, see `plainUpstream`. */
  readonly reach = (...given: Parameters<typeof plainUpstream>): Upstream => {
    const upstream = plainUpstream(...given);
    this.#upstreams.push(upstream);
    return upstream;
  };

  /** The server that was opened last is no longer there. */
  async closeNewest(): Promise<void> {
    await this.#servers.pop()?.close();
  }

  async end(): Promise<void> {
    for (const upstream of this.#upstreams.splice(0)) upstream.destroy();
    for (const server of this.#servers.splice(0)) await server.close();
  }
}

/** An outcome that can be looked at before it is there. */
export function pending(promise: Promise<Outcome>): { done?: Outcome } {
  const box: { done?: Outcome } = {};
  void promise.then((outcome) => {
    box.done = outcome;
  });
  return box;
}

/** Resolves once `holds` does; the test's own time limit is the only one. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Moves a manual clock on until `holds` does, a step at a time, as the deadlines are looked at in steps. */
export async function advanceUntil(clock: ManualClock, stepMs: number, holds: () => boolean): Promise<void> {
  while (!holds()) {
    clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
