import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { createFetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';
import { pooledRandom, type Random } from '../runtime/random.ts';
import type { Control } from './control.ts';
import {
  clockControl,
  eventsControl,
  faultsControl,
  issueJwtControl,
  lifetimesControl,
  limitsControl,
  resetControl,
  revokeJwtControl,
} from './controls/index.ts';
import { DEMO_DATA } from './demo.ts';
import type { SandboxData } from './directory.ts';
import type { Fault } from './faults.ts';
import { forgetfulJournal, openJournal } from './journal.ts';
import { createListener } from './listener.ts';
import type { LoggedRequest } from './request-log.ts';
import { type SandboxState, stateOf } from './state.ts';
import { isLoopback } from './wire/loopback.ts';
import { type Profile, World } from './world.ts';

/** How a sandbox is to run. */
export interface SandboxOptions {
  /** 127.0.0.1 unless told. */
  readonly host?: string;
  /** Any free one unless told. */
  readonly port?: number;
  /** A SQLite file, made where it is absent; without one nothing outlives the sandbox. */
  readonly file?: string;
  /** What the platform knows; the documents' examples unless told. */
  readonly data?: SandboxData;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  /** `platform` unless told. */
  readonly profile?: Profile;
  /** Certificates, as PEM, that are trusted of webhooks' receivers besides the public ones. */
  readonly webhookCertificates?: string;
  /** The sandbox takes known passwords and has no TLS: it is reachable from other machines only where this says so. */
  readonly allowNonLoopback?: boolean;
}

/** A sandbox that answers, and its controls. Each change is durable when its promise resolves. */
export interface Sandbox {
  /** `http://127.0.0.1:8090`, for example. */
  readonly origin: string;
  /** Ends every connection and lets go of the file. */
  close(): Promise<void>;
  /** Everything as on the first day. */
  reset(): Promise<void>;
  /** Moves the sandbox's clock on. */
  advance(ms: number): Promise<void>;
  /** Lifetimes of tokens issued from now on, within the platform's bounds or not; absent or null: as the platform. */
  setLifetimes(lifetimes: { readonly accessSeconds?: number | null; readonly refreshSeconds?: number | null }): Promise<void>;
  /** @param limits.scale  what the platform's rate limits are multiplied with; 0 switches them off */
  setLimits(limits: { readonly scale: number }): Promise<void>;
  /** Orders a failure for requests to come. */
  addFault(fault: Fault): Promise<void>;
  /** Makes a JWT credential for a user, as the developer console does. */
  issueJwt(wanted: {
    readonly username: string;
    readonly extension?: string;
    readonly clientIds?: readonly string[];
    readonly expiresInSeconds?: number;
  }): Promise<{ readonly id: string; readonly jwt: string }>;
  revokeJwt(id: string): Promise<void>;
  /** Has an event happen, for the subscriptions that mean it. @param event.filter  `~` stands for the owner's own */
  emitEvent(event: {
    readonly filter: string;
    /** The extension it happens to. */
    readonly ownerId: string;
    readonly body: Readonly<Record<string, unknown>>;
    readonly attributes?: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** What has been asked, oldest first. @param path  a path, or the beginning of one followed by `*` */
  requests(path?: string): readonly LoggedRequest[];
  state(): SandboxState;
}

/** The sandbox was told to listen where other machines could reach it. */
export class NotLoopback extends Error {
  constructor(host: string) {
    super(`the sandbox does not listen on ${host}: it stands in for RingCentral on this machine only, with known passwords and without TLS`);
  }
}

// RingCentral closes idle connections after about a minute.
const IDLE_CONNECTION_MS = 60_000;
// What Node's timers take; a webhook lives ten years.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Starts RingCentral's platform on this machine. It is not for production.
 *
 * @throws NotLoopback          the host is not this machine's own
 * @throws SandboxFileUnusable  the file cannot be made or read, or is not a sandbox's
 * @throws Error                Node's own where it cannot listen; `code` is EADDRINUSE where the port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, file, data = DEMO_DATA, clock = systemClock, random = pooledRandom, log = SILENT, profile = 'platform' } = options;
  if (!isLoopback(host) && !options.allowNonLoopback) throw new NotLoopback(host);
  const { journal, documents } = file === undefined ? { journal: forgetfulJournal(), documents: [] } : openJournal(file);
  const way = createFetch(options.webhookCertificates === undefined ? {} : { trusted: options.webhookCertificates });
  const world = new World({ data, clock, random, log, journal, fetch: way.fetch, profile });
  world.restore(documents);
  const stopping = new AbortController();
  const server = createServer({ keepAliveTimeout: IDLE_CONNECTION_MS }, createListener(world, random, stopping.signal));
  try {
    world.origin = await listen(server, host, port);
  } catch (error) {
    journal.close();
    throw error;
  }
  void keepAgenda(world, stopping.signal);
  log.info('sandbox.started', { origin: world.origin, note: 'not for production' });
  let closed: Promise<void> | undefined;
  return {
    origin: world.origin,
    ...controlsOf(world),
    close: () => {
      stopping.abort();
      world.subscriptions.close();
      closed ??= stop(server)
        .then(() => way.close())
        .then(() => journal.close());
      return closed;
    },
  };
}

/** The controls without HTTP, with the same checks. */
function controlsOf(world: World): Omit<Sandbox, 'origin' | 'close'> {
  const run = async (control: Control, input: unknown) => {
    const result = control.run(world, input);
    await world.journal.durable();
    return result;
  };
  return {
    reset: async () => void (await run(resetControl, {})),
    advance: async (ms) => void (await run(clockControl, { advanceSeconds: ms / 1_000 })),
    setLifetimes: async (lifetimes) => void (await run(lifetimesControl, lifetimes)),
    setLimits: async (limits) => void (await run(limitsControl, limits)),
    addFault: async (fault) => void (await run(faultsControl, fault)),
    issueJwt: async (wanted) => (await run(issueJwtControl, wanted)) as { id: string; jwt: string },
    emitEvent: async (event) => void (await run(eventsControl, event)),
    revokeJwt: async (id) => void (await run(revokeJwtControl, { id })),
    requests: (path) => world.requestLog.list(path),
    state: () => stateOf(world),
  };
}

/** Has what is due happen though nobody asks; resolves when the sandbox stops. */
async function keepAgenda(world: World, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const awake = new AbortController();
    world.agenda.onChange(() => awake.abort());
    const due = world.agenda.nextAt();
    const interrupted = AbortSignal.any([awake.signal, stopping]);
    const waiting = due === undefined ? aborted(interrupted) : world.clock.sleep(Math.min(Math.max(due - world.now(), 0), LONGEST_TIMER_MS), interrupted);
    await waiting.catch(() => {});
    world.agenda.runDue();
    await world.journal.durable().catch((error: unknown) => world.log.error('sandbox.not_durable', { cause: String(error) }));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const { port: chosen } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
