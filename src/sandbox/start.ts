import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { createFetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';
import { pooledRandom, type Random } from '../runtime/random.ts';
import { CONSOLE_PATH } from './console/pages.ts';
import { DEMO_DATA } from './demo.ts';
import type { SandboxData } from './directory.ts';
import type { Fault } from './faults.ts';
import { SandboxFileUnusable } from './file-unusable.ts';
import { type FirstDay, usualFirstDay } from './first-day.ts';
import { forgetfulJournal } from './forgetful-journal.ts';
import type { StoredDocument } from './journal.ts';
import { createListener } from './listener.ts';
import type { Profile } from './profile.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Scenario } from './scenario/schema.ts';
import { createSandboxServer, LONGEST_TIMER_MS, type TlsOptions } from './server.ts';
import { type SandboxState, stateOf } from './state.ts';
import { isLoopback } from './wire/loopback.ts';
import type { Operation } from './wire/operation.ts';
import { World } from './world.ts';

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
  /** How the platform's uncertain rules are taken; `platform` unless told. */
  readonly profile?: Profile;
  /** What it is on its first day, in the place of `data`: the path of a scenario's file, or what such a file holds. */
  readonly scenario?: string | Scenario;
  /** Whether it speaks https, with a certificate of its own; kept beside `file`, or in memory. */
  readonly tls?: boolean | TlsOptions;
  /** Certificates, as PEM, that are trusted of webhooks' receivers besides the public ones. */
  readonly webhookCertificates?: string;
  /** RingCentral's own OpenAPI file, YAML or JSON: what the sandbox does not model is answered by example then. */
  readonly openapi?: string;
  /** The sandbox takes known passwords and has no TLS: it is reachable from other machines only where this says so. */
  readonly allowNonLoopback?: boolean;
}

/** A sandbox that answers, and its controls. Each change is durable when its promise resolves. */
export interface Sandbox {
  /** `http://127.0.0.1:8090`, for example. */
  readonly origin: string;
  /** The web page that shows and moves everything. */
  readonly consoleUrl: string;
  /** With TLS, the authority that programs are to trust; PEM. */
  readonly ca?: string;
  /** The file that holds it, where it is kept in one. */
  readonly caFile?: string;
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
  /** The JWT of a credential, by its id or the name that a scenario gives it. */
  jwtOf(named: string): Promise<string>;
  revokeJwt(id: string): Promise<void>;
  /** Has an event happen, for the subscriptions that mean it. @param event.filter  `~` stands for the owner's own */
  emitEvent(event: {
    readonly filter: string;
    /** The extension it happens to. */
    readonly ownerId: string;
    readonly body: Readonly<Record<string, unknown>>;
    readonly attributes?: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** Has a text message, a fax or a voicemail come to a user; `to` is a number of the user's, or `number*extension`. */
  receiveMessage(arrival: {
    readonly type: 'SMS' | 'Fax' | 'VoiceMail';
    readonly from: string;
    readonly to: string;
    readonly text?: string;
    /** Of a fax, at least so many. */
    readonly pages?: number;
    /** Of a voicemail. */
    readonly seconds?: number;
  }): Promise<{ readonly id: string }>;
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

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Starts RingCentral's platform on this machine. It is not for production.
 *
 * @throws NotLoopback          the host is not this machine's own
 * @throws ScenarioWrong        the scenario cannot be used; says everything that is wrong
 * @throws CertificatesUnusable the certificates cannot be made or read
 * @throws OpenApiFileUnusable  the OpenAPI file cannot be read, or is none
 * @throws SandboxFileUnusable  the file cannot be made or read, or is not a sandbox's
 * @throws Error                Node's own where it cannot listen; `code` is EADDRINUSE where the port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, file, clock = systemClock, random = pooledRandom, log = SILENT } = options;
  if (!isLoopback(host) && !options.allowNonLoopback) throw new NotLoopback(host);
  const firstDay = await firstDayOf(options);
  const exampleOperations = await exampleOperationsOf(options.openapi, log);
  const { journal, documents } = file === undefined ? { journal: forgetfulJournal(), documents: [] } : (await import('./journal.ts')).openJournal(file);
  const way = createFetch(options.webhookCertificates === undefined ? {} : { trusted: options.webhookCertificates });
  const world = new World({ firstDay, clock, random, log, journal, fetch: way.fetch });
  world.exampleOperations = exampleOperations;
  const stopping = new AbortController();
  try {
    restore(world, documents, file);
    const parts = { tls: tlsOptions(options), clock, random, stopping: stopping.signal };
    const { listen, stop, ...trust } = await createSandboxServer(createListener(world, random, stopping.signal), parts);
    world.origin = await listen(host, port);
    world.begin();
    void keepAgenda(world, stopping.signal);
    log.info('sandbox.started', { origin: world.origin, note: 'not for production' });
    let closed: Promise<void> | undefined;
    return {
      origin: world.origin,
      consoleUrl: reachedHere(world.origin) + CONSOLE_PATH,
      ...trust,
      ...controlsOf(world),
      close: () => {
        stopping.abort();
        world.subscriptions.close();
        closed ??= stop()
          .then(() => way.close())
          .then(() => journal.close());
        return closed;
      },
    };
  } catch (error) {
    stopping.abort();
    await way.close();
    journal.close();
    throw error;
  }
}

/** @throws SandboxFileUnusable  a document is none that this version knows: another version's, or somebody has changed it */
function restore(world: World, documents: readonly StoredDocument[], file = ''): void {
  for (const document of documents) {
    try {
      world.restore([document]);
    } catch (cause) {
      throw new SandboxFileUnusable(file, new Error(`it holds a ${document.kind} that this version cannot read; move the file away to begin anew`, { cause }));
    }
  }
}

// The controls answer under a loopback name only, and no browser gets to 0.0.0.0.
function reachedHere(origin: string): string {
  const url = new URL(origin);
  if (!isLoopback(url.hostname)) url.hostname = '127.0.0.1';
  return url.origin;
}

async function firstDayOf({ scenario, data = DEMO_DATA, profile = 'platform' }: SandboxOptions): Promise<FirstDay> {
  if (scenario === undefined) return usualFirstDay(data, profile);
  // Loaded where it is wanted: most tests take the demo data, and start sooner without a parser of YAML.
  const [{ readScenario }, { firstDayOf }] = await Promise.all([import('./scenario/read.ts'), import('./scenario/first-day.ts')]);
  return firstDayOf(readScenario(scenario), profile);
}

function tlsOptions({ tls, file }: SandboxOptions): TlsOptions | undefined {
  if (!tls) return undefined;
  const beside = file === undefined ? {} : { folder: join(dirname(file), 'sandbox-tls') };
  return tls === true ? beside : { ...beside, ...tls };
}

async function exampleOperationsOf(openapi: string | undefined, log: Log): Promise<readonly Operation[]> {
  if (openapi === undefined) return [];
  // Loaded where it is wanted: a sandbox without the file starts sooner without the parser and the validator.
  const { exampleOperations } = await import('./openapi/example-operations.ts');
  return exampleOperations(openapi, log);
}

type ControlName = Exclude<keyof typeof import('./controls/index.ts'), 'CONTROLS'>;

/** The controls without HTTP, with the same checks. */
function controlsOf(world: World): Omit<Sandbox, 'origin' | 'consoleUrl' | 'ca' | 'caFile' | 'close'> {
  // Loaded where it is wanted: their schemas take longer to load than all the rest of the sandbox.
  const run = async (name: ControlName, input: unknown) => {
    const result = (await import('./controls/index.ts'))[name].run(world, input);
    await world.journal.durable();
    return result;
  };
  return {
    reset: async () => void (await run('resetControl', {})),
    advance: async (ms) => void (await run('clockControl', { advanceSeconds: ms / 1_000 })),
    setLifetimes: async (lifetimes) => void (await run('lifetimesControl', lifetimes)),
    setLimits: async (limits) => void (await run('limitsControl', limits)),
    addFault: async (fault) => void (await run('faultsControl', fault)),
    issueJwt: async (wanted) => (await run('issueJwtControl', wanted)) as { id: string; jwt: string },
    emitEvent: async (event) => void (await run('eventsControl', event)),
    jwtOf: async (named) => ((await run('revealControl', { kind: 'jwt', id: named })) as { value: string }).value,
    revokeJwt: async (id) => void (await run('revokeJwtControl', { id })),
    receiveMessage: async (arrival) => (await run('receiveMessageControl', arrival)) as { id: string },
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
