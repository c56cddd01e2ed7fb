import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Roster } from '../runtime/roster.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  place: number;
}

/**
 * The end of a server, gently: from when it begins, every answer closes its connection, so that a program's next request
 * goes to another node; what is under way is answered. A connection that has changed to another protocol ends never by itself: it is
 * closed when nothing else is under way.
 */
export class Drain {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #changed = new Set<Socket>();
  readonly #underWay = new Roster<Exchange>();
  #begun = false;
  #endsChanged = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#changed.delete(socket);
      });
    });
    server.prependListener('upgrade', (_request, socket: Socket) => this.#changed.add(socket));
    // In front of whatever answers.
    server.prependListener('request', (request, response) => this.#enter(request, response));
    server.prependListener('checkExpectation', (request, response) => this.#enter(request, response));
  }

  /** From now on no connection is kept for another request. */
  begin(): void {
    this.#begun = true;
    for (const { response } of this.#underWay.list()) response.shouldKeepAlive = false;
  }

  /** From now on those that have changed to another protocol are closed as soon as nothing else is under way. */
  endChanged(): void {
    this.#endsChanged = true;
    if (this.#underWay.size > 0) return;
    for (const socket of this.#changed) socket.destroySoon();
  }

  /** Closes the connections on which no whole request has come: half of one is no reason to wait. */
  closeUnasked(): void {
    const asked = new Set(this.#underWay.list().flatMap(({ request }) => (request.complete ? [request.socket] : [])));
    for (const socket of this.#sockets) if (!asked.has(socket)) socket.destroy();
  }

  #enter(request: IncomingMessage, response: ServerResponse): void {
    const exchange = { request, response, place: 0 };
    this.#underWay.add(exchange);
    // It asked for a change that nobody makes here.
    if (this.#changed.size > 0) this.#changed.delete(request.socket);
    if (this.#begun) response.shouldKeepAlive = false;
    response.on('close', () => {
      this.#underWay.delete(exchange);
      if (this.#endsChanged) this.endChanged();
      // Where the head of the answer had left before, its connection was promised to the next request.
      if (this.#begun && !this.#server.listening) this.#server.closeIdleConnections();
    });
  }
}
