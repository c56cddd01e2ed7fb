import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import type { Certificate } from './certificate.ts';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program that takes webhooks. */
export interface Receiver {
  readonly origin: string;
  /** Handshakes included, in the order in which they came. */
  readonly received: readonly Received[];
  /** The notifications alone, parsed. */
  notifications(): Record<string, unknown>[];
  /** The same, once there are so many. */
  arrived(count: number): Promise<Record<string, unknown>[]>;
  /** How it answers from now on. */
  answerWith(answer: (request: Received, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** Shakes hands, and takes whatever comes. */
export function welcome({ headers }: Received, response: ServerResponse): void {
  const token = headers['validation-token'];
  response.writeHead(200, token === undefined ? {} : { 'validation-token': String(token) }).end();
}

/** Shakes hands, and answers notifications with a status. */
export function failing(status: number): (request: Received, response: ServerResponse) => void {
  return (request, response) => (request.headers['validation-token'] === undefined ? void response.writeHead(status).end() : welcome(request, response));
}

/** @param certificate  where it is to speak TLS */
export async function startReceiver(certificate?: Certificate): Promise<Receiver> {
  const received: Received[] = [];
  let answer = welcome;
  const listener: RequestListener = (incoming, response) => {
    void readAll(incoming).then((body) => {
      const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body };
      received.push(request);
      answer(request, response);
    });
  };
  const server: Server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  onTestFinished(close);
  const notifications = () =>
    received.filter(({ headers }) => headers['validation-token'] === undefined).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return {
    origin: `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    notifications,
    arrived: (count) =>
      vi.waitFor(
        () => {
          const all = notifications();
          if (all.length < count) throw new Error(`${all.length} of ${count} notifications`);
          return all;
        },
        { timeout: 10_000, interval: 5 },
      ),
    answerWith: (next) => {
      answer = next;
    },
    close,
  };
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
