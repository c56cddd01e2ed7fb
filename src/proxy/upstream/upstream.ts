import type { Socket } from 'node:net';
import { Roster } from '../../runtime/roster.ts';
import { Breaker } from './breaker.ts';
import { type Connector, createConnector } from './connect.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Exchange, type UpstreamExchange, type UpstreamRequest } from './exchange.ts';
import type { UpstreamHandler } from './handler.ts';
import { Intake } from './intake.ts';
import { DEFAULT_LIMITS, type UpstreamLimits, type UpstreamOptions } from './options.ts';

/** What an upstream is busy with. */
export interface UpstreamState {
  /** Sockets that are connected, idle ones too; not those handed over by an upgrade. */
  readonly open: number;
  readonly idle: number;
  readonly connecting: number;
  /** Requests without a socket. */
  readonly waiting: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
}

/** The way to one origin: its sockets, its queue and its circuit breaker are its own, so that no other origin suffers with it. */
export interface Upstream {
  readonly origin: string;
  /**
   * Sends a request.
   *
   * @param handler  called later, never before this returns, except by `abort`
   * @throws TypeError  the request cannot be written as one request: CR, LF, NUL, a field that is not the caller's to set
   */
  request(request: UpstreamRequest, handler: UpstreamHandler): UpstreamExchange;
  state(): UpstreamState;
  /** Takes no more requests; resolves when those under way, and those that wait, are over. */
  close(): Promise<void>;
  /** Ends everything at once. */
  destroy(): void;
}

// How often deadlines are looked at: one timer for all sockets is cheaper than one each, and nothing here is finer than a second.
const TICK_MS = 250;

/**
 * An HTTP/1.1 client for one origin, as lean as a proxy's way out can be: heads are parsed once into flat arrays, bodies pass
 * as they come.
 *
 * @param origin  `https://platform.ringcentral.com` for example; http or https
 */
export function createUpstream(origin: string, options: UpstreamOptions): Upstream {
  return new Pool(new URL(origin), options);
}

/**
 * A request takes an idle socket, the youngest first; else it waits, and a socket is opened for it if there may be more. Whichever
 * is free first, an old one or the new one, serves whoever waits longest.
 */
class Pool implements Upstream, ConnectionOwner {
  readonly origin: string;
  readonly limits: UpstreamLimits;
  readonly #host: string;
  readonly #options: UpstreamOptions;
  readonly #connector: Connector;
  readonly #breaker: Breaker;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #connecting = new Map<Socket, number>();
  // Of those, the ones that no request in the queue waits for.
  readonly #forUpgrade = new Set<Socket>();
  readonly #waiting = new Set<Exchange>();
  readonly #active = new Roster<Exchange>();
  #ticking: AbortController | undefined;
  #closing: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(url: URL, options: UpstreamOptions) {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('An upstream is reached by http or https.');
    this.origin = url.origin;
    this.#host = url.host;
    this.#options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#connector = createConnector(url, options.trusted);
    this.#breaker = new Breaker(this.limits.breaker);
  }

  request(request: UpstreamRequest, handler: UpstreamHandler): UpstreamExchange {
    const exchange = new Exchange(request, this.#host, handler, this.#over);
    this.#active.add(exchange);
    if (request.signal?.aborted) later(() => exchange.abort());
    else if (this.#closed) later(() => exchange.fail('closing', 'The gateway is going down.'));
    else this.#admit(exchange);
    return exchange;
  }

  state(): UpstreamState {
    return {
      open: this.#connections.size,
      idle: this.#idle.length,
      connecting: this.#connecting.size,
      waiting: this.#waiting.size,
      breaker: this.#breaker.state,
    };
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#closing = resolve;
    });
    for (const connection of [...this.#idle]) connection.close();
    this.#closeIfOver();
    return this.#closed;
  }

  destroy(): void {
    void this.close();
    for (const exchange of this.#active.list()) exchange.fail('closing', 'The gateway is going down.');
    for (const socket of this.#connecting.keys()) socket.destroy();
    for (const connection of [...this.#connections]) connection.close();
    this.#connecting.clear();
    this.#forUpgrade.clear();
    this.#closeIfOver();
  }

  // What connections tell.

  now(): number {
    return this.#options.clock.monotonic();
  }

  answered(exchange: Exchange): void {
    exchange.probe = false;
    this.#breaker.succeeded();
  }

  silent(exchange: Exchange): void {
    exchange.probe = false;
    this.#failed();
  }

  free(connection: Connection): void {
    if (this.#isPastUse(connection)) {
      connection.close();
      return;
    }
    const next = first(this.#waiting);
    if (next) {
      this.#waiting.delete(next);
      connection.start(next);
    } else if (this.#closed) {
      connection.close();
    } else {
      this.#idle.push(connection);
    }
  }

  gone(connection: Connection): void {
    this.#connections.delete(connection);
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#connectForWaiting();
    this.#closeIfOver();
  }

  #admit(exchange: Exchange): void {
    const leave = this.#breaker.admit(this.now());
    if (typeof leave === 'number') {
      later(() => exchange.fail('away', 'The upstream did not answer of late, and is asked again in a while.', undefined, leave));
      return;
    }
    exchange.probe = leave === 'probe';
    if (exchange.asked.upgrade) {
      if (this.#connecting.size + this.#connections.size < this.limits.maxSockets) this.#connectFor(exchange);
      else later(() => exchange.fail('crowded', 'No socket to the upstream is free.'));
      this.#startTicking();
      return;
    }
    const connection = this.#takeIdle();
    if (connection) {
      connection.start(exchange);
      return;
    }
    // Those for whom a socket is only being opened do not count: a burst after a pause is no crowd.
    if (this.#waiting.size >= this.limits.maxWaiting + this.limits.maxSockets - this.#connections.size) {
      later(() => exchange.fail('crowded', 'Too many requests wait for the upstream.'));
      return;
    }
    exchange.waitsUntil = this.now() + this.limits.waitMs;
    this.#waiting.add(exchange);
    this.#connectForWaiting();
    this.#startTicking();
  }

  #takeIdle(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.usable) return connection;
      connection.close();
    }
    return undefined;
  }

  #isPastUse(connection: Connection): boolean {
    return this.now() - connection.openedAt > this.limits.maxAgeMs;
  }

  /** As many sockets are being opened as requests wait, if there may be so many. */
  #connectForWaiting(): void {
    while (this.#connecting.size - this.#forUpgrade.size < this.#waiting.size && this.#connecting.size + this.#connections.size < this.limits.maxSockets)
      this.#connect();
  }

  #connect(): void {
    const intake = new Intake();
    const attempt = this.#attempt(intake, (socket, error) => {
      if (error) this.#notConnected(error);
      else this.free(this.#connected(socket, intake));
    });
    this.#connecting.set(attempt, this.now() + this.limits.connectMs);
  }

  /** A socket that is to be handed over is made for it, and serves nothing else. */
  #connectFor(exchange: Exchange): void {
    const attempt = this.#attempt(undefined, (socket, error) => {
      if (exchange.over) socket.destroy();
      else if (!error) this.#connected(socket, undefined).start(exchange);
      else {
        exchange.probe = false;
        this.#failed();
        exchange.fail('unreachable', 'No connection could be made.', error);
      }
      this.#closeIfOver();
    });
    this.#connecting.set(attempt, this.now() + this.limits.connectMs);
    this.#forUpgrade.add(attempt);
  }

  #attempt(intake: Intake | undefined, done: (socket: Socket, error?: Error) => void): Socket {
    const socket: Socket = this.#connector.connect(intake, (error) => {
      this.#forUpgrade.delete(socket);
      const ours = this.#connecting.delete(socket);
      if (error || !ours) socket.destroy();
      // Else everything was ended meanwhile.
      if (ours) done(socket, error);
    });
    socket.on('error', ignore);
    return socket;
  }

  #connected(socket: Socket, intake: Intake | undefined): Connection {
    const connection = new Connection(socket, intake, this);
    this.#connections.add(connection);
    return connection;
  }

  /** One that waits goes with each connection that could not be made; all of them when that opens the breaker. */
  #notConnected(cause: Error): void {
    const opened = this.#failed();
    const victim = first(this.#waiting);
    const victims = opened ? [...this.#waiting] : victim ? [victim] : [];
    for (const exchange of victims) {
      exchange.probe = false;
      exchange.fail('unreachable', 'No connection could be made.', cause);
    }
    this.#connectForWaiting();
    this.#closeIfOver();
  }

  /** @returns whether this opened the breaker */
  #failed(): boolean {
    const opened = this.#breaker.failed(this.now());
    if (opened) for (const connection of [...this.#idle]) connection.close();
    return opened;
  }

  readonly #over = (exchange: Exchange): void => {
    this.#active.delete(exchange);
    this.#waiting.delete(exchange);
    if (exchange.probe) this.#breaker.unproven();
    if (this.#closed) this.#closeIfOver();
  };

  #closeIfOver(): void {
    if (!this.#closing || this.#active.size > 0) return;
    this.#closing();
    this.#closing = undefined;
    for (const connection of [...this.#connections]) connection.close();
    for (const socket of this.#connecting.keys()) socket.destroy();
    this.#connecting.clear();
    this.#forUpgrade.clear();
    this.#ticking?.abort();
  }

  #startTicking(): void {
    if (this.#ticking) return;
    this.#ticking = new AbortController();
    void this.#tick(this.#ticking.signal);
  }

  /** Looks at the deadlines for as long as there is anything that has one. */
  async #tick(signal: AbortSignal): Promise<void> {
    while (this.#connections.size + this.#connecting.size + this.#waiting.size > 0) {
      try {
        await this.#options.clock.sleep(TICK_MS, signal);
      } catch {
        break;
      }
      // If we were late ourselves, what came meanwhile has not been read yet: nobody is judged before it is.
      await new Promise((resolve) => setImmediate(resolve));
      this.#expire(this.now());
    }
    this.#ticking = undefined;
  }

  #expire(now: number): void {
    for (const exchange of this.#waiting) {
      // In their order: the others came later.
      if (exchange.waitsUntil > now) break;
      exchange.fail('crowded', 'No socket to the upstream was free in time.');
    }
    for (const [socket, deadline] of this.#connecting) {
      if (deadline > now) break;
      socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    }
    for (const connection of this.#connections) {
      if (connection.deadline <= now) connection.expire();
    }
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const one of set) return one;
  return undefined;
}

// A caller has its exchange in hand before its handler is called.
function later(act: () => void): void {
  process.nextTick(act);
}

function ignore(): void {}
