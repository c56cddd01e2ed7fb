import type { Clients } from '../access/clients.ts';
import type { Apps } from '../broker/apps.ts';
import type { Connections } from '../broker/connections.ts';
import type { AppDraft } from '../domain/app.ts';
import type { ConnectionDraft } from '../domain/connection.ts';
import type { HandedToken, Management } from '../domain/management.ts';
import type { Secret } from '../domain/secret.ts';
import type { PlatformAnswer, PlatformRequest } from '../ringcentral/calls/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';

/** A gateway that was opened: database and vault work; `listen` makes it reachable. */
export interface OpenGateway {
  readonly apps: Apps;
  readonly connections: Connections;
  readonly clients: Clients;
  /** The same through the routes of the management API, in this process. */
  readonly management: Management;
  /** The access token of a Connection, for whoever may open its database. */
  handOut(connection: string): Promise<HandedToken>;
  /** Sends a REST request on a Connection. */
  call(connection: string, request: PlatformRequest): Promise<PlatformAnswer>;
  /** Rejects where the database cannot be written. */
  checkWritable(): Promise<void>;
  /** The file that holds the admin token; absent where the token was given. */
  readonly adminTokenFile: string | undefined;
  /** @returns the origins of the data plane and of the management API */
  listen(): Promise<{ readonly origin: string; readonly adminOrigin: string }>;
  /** Finishes what is under way, then ends. */
  close(): Promise<void>;
}

/** A sandbox that answers. */
export interface RunningSandbox {
  readonly origin: string;
  close(): Promise<void>;
}

/** What the sandbox tells about its demo data, for the newcomer's start. */
export interface DemoData {
  readonly app: { readonly clientId: string; readonly clientSecret: string };
  readonly connections: readonly { readonly name: string; readonly username: string; readonly extension?: string; readonly password: string }[];
}

/** A calibration that may be run. */
export interface PreparedCalibration {
  /** Of the platform that is asked. */
  readonly origin: string;
  /** How many there are. */
  readonly statements: number;
  /** What the platform's limits make it take. */
  readonly atLeastMs: number;
  /** @param judged  is told of each statement as soon as it is judged */
  run(judged: (judgement: CalibrationReport['judgements'][number]) => void): Promise<CalibrationReport>;
}

/** Where the platform does what the sandbox claims, and where it does not. */
export interface CalibrationReport {
  readonly judgements: readonly {
    readonly name: string;
    readonly asks: string;
    readonly outcome: 'agrees' | 'differs' | 'not asked';
    readonly expected: unknown;
    readonly source: string;
    readonly date: string;
    readonly observed?: unknown;
    readonly why?: string;
  }[];
  readonly sessionsLeft: number;
}

type CommandName = 'start' | 'serve' | 'sandbox' | 'calibrate' | 'app' | 'connection' | 'client' | 'token' | 'call' | 'doctor';

/** A gateway that may be running elsewhere. */
export interface Whereabouts {
  /** Where its management API is, and where programs reach it. */
  readonly adminOrigin: string;
  readonly origin: string;
  /** Whether a flag named the database: then it is the one to manage. */
  readonly databaseNamed: boolean;
  /** Whether a person named the place: then nothing else will do. */
  readonly named: boolean;
  /** Absent where there is neither a setting nor a file. */
  readonly adminToken: Secret | undefined;
  readonly gatewayKey: Secret | undefined;
  readonly databaseFile: string;
  /** The files that hold what is secret, as far as they are there. */
  readonly secretFiles: readonly string[];
}

/** A row of the option table, as `--help` needs it. */
export interface OptionRow {
  readonly env: string;
  readonly flag: string;
  readonly value: string;
  readonly fallback?: string;
  readonly means: string;
  readonly commands: readonly CommandName[];
}

/** What the commands are handed; `Config` is whatever `readConfig` makes of flags and environment. */
export interface CliParts<Config> {
  readonly version: string;
  readonly options: Readonly<Record<string, OptionRow>>;
  /** @param flags  by the names of `options` */
  readConfig(
    flags: Readonly<Record<string, string>>,
  ): { readonly config: Config } | { readonly mistakes: readonly { readonly option: string; readonly message: string }[] };
  openGateway(config: Config): Promise<OpenGateway>;
  startSandbox(config: Config): Promise<RunningSandbox>;
  /** @throws CommandFailed  the environment names no account */
  calibration(config: Config, allowCharges: boolean): PreparedCalibration;
  whereabouts(config: Config): Whereabouts;
  /** The management of a gateway elsewhere. */
  connectManagement(origin: string, adminToken: Secret): Management;
  /** The access token that a gateway elsewhere hands to the Client of this key. */
  requestToken(origin: string, gatewayKey: Secret, connection: string): Promise<HandedToken>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** The App that the environment describes, where it does. */
  appOf(config: Config): AppDraft | undefined;
  /** The Connection that the environment describes on that App, where it does. */
  connectionOf(config: Config): ConnectionDraft | undefined;
  readonly demo: DemoData;
}
