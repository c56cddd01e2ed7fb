import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { Agenda } from './agenda.ts';
import { type JwtCredential, JwtCredentials, type SigningKey } from './authorization/jwt-credentials.ts';
import type { Session } from './authorization/session.ts';
import { Sessions } from './authorization/sessions.ts';
import type { RingOut } from './calls/ring-out.ts';
import { RingOuts } from './calls/ring-outs.ts';
import { Directory, type SandboxData } from './directory.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import type { Journal, StoredDocument } from './journal.ts';
import { UnknownPaths } from './openapi/unknown-paths.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestLog } from './request-log.ts';
import { type Settings, SettingsBook } from './settings.ts';
import type { Operation } from './wire/operation.ts';

/**
 * Which of the platform's uncertain rules hold. `platform`: as documented and observed. `strict`: a refresh token is good
 * for one request, without the grace for a lost answer, as one SDK's documentation has it.
 */
export type Profile = 'platform' | 'strict';

/** What a world is made of. */
export interface WorldParts {
  readonly data: SandboxData;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly profile: Profile;
}

/** The platform as it stands at this moment. */
export class World {
  readonly directory: Directory;
  readonly settings: SettingsBook;
  readonly sessions: Sessions;
  readonly jwtCredentials: JwtCredentials;
  readonly ringOuts: RingOuts;
  readonly rateLimits: RateLimits;
  readonly agenda: Agenda;
  readonly events = new Events();
  readonly faults = new Faults();
  readonly requestLog = new RequestLog();
  readonly unknownPaths: UnknownPaths;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  /** Where the sandbox answers; known once it listens. */
  origin = '';
  /** What an OpenAPI file describes besides; set before the sandbox listens. */
  exampleOperations: readonly Operation[] = [];
  /** By the kind of document that the journal keeps for each. */
  readonly #restorers: ReadonlyMap<string, (document: unknown) => void>;

  constructor({ data, clock, random, log, journal, profile }: WorldParts) {
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.journal = journal;
    this.unknownPaths = new UnknownPaths(log);
    this.directory = new Directory(data, journal);
    this.settings = new SettingsBook(journal);
    const now = () => this.now();
    this.agenda = new Agenda(now);
    this.sessions = new Sessions({ now, random, journal, hasGrace: profile !== 'strict' });
    this.jwtCredentials = new JwtCredentials({ now, origin: () => this.origin, random, journal });
    this.ringOuts = new RingOuts({ now, random, journal });
    this.rateLimits = new RateLimits({ now, scale: () => this.settings.current.limitScale });
    this.#restorers = new Map<string, (document: unknown) => void>([
      ['settings', (document) => this.settings.restore(document as Settings)],
      ['session', (document) => this.sessions.restore(document as Session)],
      ['jwt-credential', (document) => this.jwtCredentials.restore(document as JwtCredential)],
      ['key', (document) => this.jwtCredentials.restoreKey(document as SigningKey)],
      ['ring-out', (document) => this.ringOuts.restore(document as RingOut)],
    ]);
  }

  /** The sandbox's time: the machine's, and as much more as the controls have advanced it. */
  now(): number {
    return this.clock.now() + this.settings.current.clockOffsetMs;
  }

  /** Takes up what a journal held. */
  restore(documents: readonly StoredDocument[]): void {
    for (const { kind, document } of documents) {
      if (this.directory.restore(kind, document)) continue;
      this.#restorers.get(kind)?.(document);
    }
  }

  /** Everything as on the first day. */
  reset(): void {
    this.journal.clear();
    const books = [this.directory, this.settings, this.sessions, this.jwtCredentials, this.ringOuts];
    for (const book of [...books, this.rateLimits, this.agenda, this.faults, this.requestLog]) book.reset();
  }
}
