import type { Clients } from '../access/clients.ts';
import type { Apps } from '../broker/apps.ts';
import type { Connections } from '../broker/connections.ts';
import type { AppDraft } from '../domain/app.ts';
import type { AuditState } from '../domain/audit.ts';
import type { ConnectionDraft } from '../domain/connection.ts';
import type { Freeze } from '../domain/freeze.ts';
import type { HandedToken, Management, TokenFor } from '../domain/management.ts';
import type { CountryCode } from '../domain/phone-number.ts';
import type { Secret } from '../domain/secret.ts';
import type { PlatformAnswer, PlatformRequest } from '../ringcentral/calls/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Random } from '../runtime/random.ts';

/** A gateway that was opened: database and vault work; `listen` makes it reachable. */
export interface OpenGateway {
  readonly apps: Apps;
  readonly connections: Connections;
  readonly clients: Clients;
  /** The same through the routes of the management API, in this process. */
  readonly management: Management;
  /** The access token of a Connection, for whoever may open its database. */
  handOut(connection: string, wanted: TokenFor): Promise<HandedToken>;
  /** Sends a REST request on a Connection. */
  call(connection: string, request: PlatformRequest): Promise<PlatformAnswer>;
  /** @throws StoreUnavailable  the database cannot be written */
  checkWritable(): Promise<void>;
  /** How far the time that the nodes of the database share is ahead of this machine's, in milliseconds. */
  clockOffsetMs(): number;
  /** Whether lines of the audit trail are missing. */
  checkAudit(): Promise<AuditState>;
  /** What is frozen. */
  listFreezes(): Promise<readonly Freeze[]>;
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
  /** Its web page. */
  readonly consoleUrl: string;
  /** The file of the authority that vouches for it; absent without TLS. */
  readonly caFile?: string;
  /** An App that may be used at once; absent where its scenario has none. */
  readonly app?: { readonly clientId: string };
  /** Finishes what is under way, then ends. */
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

type CommandName = 'start' | 'serve' | 'sandbox' | 'calibrate' | 'app' | 'connection' | 'client' | 'connect' | 'token' | 'call' | 'fax' | 'explain' | 'doctor';

/** A gateway that may be running elsewhere. */
export interface Whereabouts {
  /** Where programs reach it. */
  readonly origin: string;
  /** Where its management API is. */
  readonly adminOrigin: string;
  /** Whether a flag named the database: then it is the one to manage. */
  readonly databaseNamed: boolean;
  /** Whether a person named the place: then nothing else will do. */
  readonly named: boolean;
  /** Absent where there is neither a setting nor a file. */
  readonly adminToken: Secret | undefined;
  /** The setting or the file it comes from, for people. */
  readonly adminTokenFrom: string;
  /** Absent where none was given. */
  readonly gatewayKey: Secret | undefined;
  /** As its people know it; no password is in it. */
  readonly database: string;
  /** What is in it, if anything. @returns nothing where it cannot be read */
  databaseContents(): Promise<'absent' | 'nothing' | 'trunkline' | 'sandbox' | 'other' | undefined>;
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
  /**
   * Rejects where an address to listen on cannot be had; nothing is made.
   *
   * @param withSandbox  also the sandbox's
   */
  checkAddresses(config: Config, withSandbox: boolean): Promise<void>;
  startSandbox(config: Config): Promise<RunningSandbox>;
  /** Only looks at the scenario of the configuration. @returns what is in it, in a few words */
  checkScenario(config: Config): Promise<string>;
  /** The JSON Schema of a scenario. */
  scenarioSchema(): Promise<object>;
  /** @throws CommandFailed  the environment names no account */
  calibration(config: Config, allowCharges: boolean): Promise<PreparedCalibration>;
  whereabouts(config: Config): Whereabouts;
  /** The management of a gateway elsewhere, which has proved that it knows the admin token: this sends it. */
  connectManagement(origin: string, adminToken: Secret): Management;
  /** The access token that a gateway elsewhere hands to the Client of this key. */
  requestToken(origin: string, gatewayKey: Secret, connection: string, wanted: TokenFor): Promise<HandedToken>;
  /** Every request of the commands' own leaves through it. */
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  /** The App that the environment describes, where it does. */
  appOf(config: Config): AppDraft | undefined;
  /** The Connection that the environment describes on that App, where it does. */
  connectionOf(config: Config): ConnectionDraft | undefined;
  /** In whose way old programs write numbers without a country code. */
  countryOf(config: Config): CountryCode;
  /** What the newcomer's start connects. */
  readonly demo: DemoData;
}
