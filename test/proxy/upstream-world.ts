import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { UpstreamRequest } from '../../src/proxy/upstream/exchange.ts';
import type { UpstreamFault } from '../../src/proxy/upstream/faults.ts';
import { createUpstream, type Upstream } from '../../src/proxy/upstream/upstream.ts';
import { systemClock } from '../../src/runtime/clock.ts';

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

export const plainUpstream = (origin: string): Upstream => createUpstream(origin, { clock: systemClock });
