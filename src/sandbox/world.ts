import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { Agenda } from './agenda.ts';
import { AuthorizationServer } from './authorization/authorization-server.ts';
import { type JwtCredential, JwtCredentials } from './authorization/jwt-credentials.ts';
import type { Session } from './authorization/session.ts';
import { Sessions } from './authorization/sessions.ts';
import { CallEvents } from './calls/call-events.ts';
import type { RingOut } from './calls/ring-out.ts';
import { RingOuts } from './calls/ring-outs.ts';
import { Directory, type SandboxData } from './directory.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import type { Journal, StoredDocument } from './journal.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestLog } from './request-log.ts';
import { RingCx } from './ringcx/ring-cx.ts';
import { type Settings, SettingsBook } from './settings.ts';
import type { Subscription } from './subscriptions/subscription.ts';
import { Subscriptions } from './subscriptions/subscriptions.ts';

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
  /** The way out to webhooks. */
  readonly fetch: Fetch;
  readonly profile: Profile;
}

/** The platform as it stands at this moment. */
export class World {
  readonly directory: Directory;
  readonly settings: SettingsBook;
  readonly authorization: AuthorizationServer;
  readonly sessions: Sessions;
  readonly jwtCredentials: JwtCredentials;
  readonly ringOuts: RingOuts;
  readonly rateLimits: RateLimits;
  readonly agenda: Agenda;
  readonly events = new Events();
  readonly callEvents: CallEvents;
  readonly subscriptions: Subscriptions;
  readonly ringCx: RingCx;
  readonly faults = new Faults();
  readonly requestLog = new RequestLog();
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  /** Where the sandbox answers; known once it listens. */
  origin = '';
  /** By the kind of document that the journal keeps for each. */
  readonly #restorers: ReadonlyMap<string, (document: unknown) => void>;

  constructor({ data, clock, random, log, journal, fetch, profile }: WorldParts) {
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.journal = journal;
    this.directory = new Directory(data, journal);
    this.settings = new SettingsBook(journal);
    const now = () => this.now();
    this.agenda = new Agenda(now);
    this.sessions = new Sessions({ now, random, journal, hasGrace: profile !== 'strict' });
    this.authorization = new AuthorizationServer({ now, random, journal });
    this.jwtCredentials = new JwtCredentials({ now, origin: () => this.origin, random, journal, key: this.authorization.key });
    this.ringOuts = new RingOuts({ now, random, journal });
    this.rateLimits = new RateLimits({ now, scale: () => this.settings.current.limitScale });
    this.callEvents = new CallEvents({ agenda: this.agenda, events: this.events, directory: this.directory });
    this.subscriptions = new Subscriptions({ now, clock, random, log, journal, fetch, agenda: this.agenda, events: this.events });
    this.ringCx = new RingCx({ data: data.ringCx ?? [], now, random, journal, directory: this.directory, limitScale: () => this.settings.current.limitScale });
    this.#restorers = new Map<string, (document: unknown) => void>([
      ['settings', (document) => this.settings.restore(document as Settings)],
      ['session', (document) => this.sessions.restore(document as Session)],
      ['jwt-credential', (document) => this.jwtCredentials.restore(document as JwtCredential)],
      ...this.authorization.restorers,
      ['ring-out', (document) => this.#restoreRingOut(document as RingOut)],
      ['subscription', (document) => this.subscriptions.restore(document as Subscription)],
      ...this.ringCx.restorers,
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
    const books = [
      this.directory,
      this.settings,
      this.authorization,
      this.sessions,
      this.jwtCredentials,
      this.ringOuts,
      this.callEvents,
      this.subscriptions,
      this.ringCx,
    ];
    for (const book of [...books, this.rateLimits, this.agenda, this.faults, this.requestLog]) book.reset();
  }

  #restoreRingOut(ringOut: RingOut): void {
    this.ringOuts.restore(ringOut);
    this.callEvents.follow(ringOut);
  }
}
