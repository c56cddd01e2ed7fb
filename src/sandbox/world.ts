import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { Agenda } from './agenda.ts';
import { AuthorizationServer } from './authorization/authorization-server.ts';
import { type JwtCredential, JwtCredentials } from './authorization/jwt-credentials.ts';
import type { Session } from './authorization/session.ts';
import { Sessions } from './authorization/sessions.ts';
import { CallLog } from './call-log/call-log.ts';
import type { CallRecord } from './call-log/call-record.ts';
import { followRingOut } from './call-log/follow-ring-out.ts';
import { CallEvents } from './calls/call-events.ts';
import type { RingOut } from './calls/ring-out.ts';
import { RingOuts } from './calls/ring-outs.ts';
import { Collection } from './collection.ts';
import { AddressBooks } from './contacts/address-books.ts';
import type { Contact } from './contacts/contact.ts';
import { Directory } from './directory.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import type { FirstDay } from './first-day.ts';
import type { Journal, StoredDocument } from './journal.ts';
import { Latencies } from './latencies.ts';
import { FaxCalls } from './messages/fax-calls.ts';
import type { Message } from './messages/message.ts';
import { MessageNews } from './messages/message-news.ts';
import { Messages } from './messages/messages.ts';
import { NumberPool, type Reservation } from './numbers/number-pool.ts';
import { UnknownPaths } from './openapi/unknown-paths.ts';
import type { UserProfile } from './people/profile.ts';
import type { Rules } from './profile.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestLog } from './request-log.ts';
import { RingCx } from './ringcx/ring-cx.ts';
import { type Settings, SettingsBook } from './settings.ts';
import type { Subscription } from './subscriptions/subscription.ts';
import { Subscriptions } from './subscriptions/subscriptions.ts';
import type { Operation } from './wire/operation.ts';

/** What a world is made of. */
export interface WorldParts {
  readonly firstDay: FirstDay;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  /** The way out to webhooks. */
  readonly fetch: Fetch;
}

/** The platform as it stands at this moment. */
export class World {
  readonly directory: Directory;
  readonly settings: SettingsBook;
  readonly authorization: AuthorizationServer;
  readonly sessions: Sessions;
  readonly jwtCredentials: JwtCredentials;
  readonly ringOuts: RingOuts;
  readonly messages: Messages;
  readonly callLog: CallLog;
  readonly addressBooks: AddressBooks;
  /** What each user has chosen for itself. */
  readonly profiles: Collection<UserProfile>;
  readonly numberPool: NumberPool;
  readonly rateLimits: RateLimits;
  readonly agenda: Agenda;
  readonly events = new Events();
  readonly callEvents: CallEvents;
  readonly subscriptions: Subscriptions;
  readonly ringCx: RingCx;
  readonly faults = new Faults();
  readonly latencies: Latencies;
  readonly rules: Rules;
  readonly requestLog = new RequestLog();
  readonly unknownPaths: UnknownPaths;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly #firstDay: FirstDay;
  /** Where the sandbox answers; known once it listens. */
  origin = '';
  /** What an OpenAPI file describes besides; set before the sandbox listens. */
  exampleOperations: readonly Operation[] = [];
  /** By the kind of document that the journal keeps for each. */
  readonly #restorers: ReadonlyMap<string, (document: unknown) => void>;

  constructor({ firstDay, clock, random, log, journal, fetch }: WorldParts) {
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.journal = journal;
    this.#firstDay = firstDay;
    this.rules = firstDay.rules;
    this.directory = new Directory(firstDay.data, journal);
    this.settings = new SettingsBook(firstDay.settings, journal);
    this.latencies = new Latencies(firstDay.latencies);
    this.unknownPaths = new UnknownPaths(log);
    const now = () => this.now();
    this.agenda = new Agenda(now, log);
    this.sessions = new Sessions({ now, random, journal, rules: this.rules });
    this.authorization = new AuthorizationServer({ now, random, journal });
    this.jwtCredentials = new JwtCredentials({ now, origin: () => this.origin, random, journal, key: this.authorization.key });
    this.ringOuts = new RingOuts({ now, random, journal });
    const news = new MessageNews({ directory: this.directory, events: this.events, origin: () => this.origin });
    this.callLog = new CallLog({ now, random, journal });
    const faxCalls = new FaxCalls(this.callLog, this.directory);
    this.messages = new Messages({ now, random, journal, agenda: this.agenda, directory: this.directory, news, faxCalls });
    this.addressBooks = new AddressBooks({ known: firstDay.data.contacts ?? [], random, journal });
    this.profiles = new Collection<UserProfile>('profile', journal);
    this.numberPool = new NumberPool({ now, random, journal, isTaken: (number) => this.directory.isTaken(number) });
    this.rateLimits = new RateLimits({ now, scale: () => this.settings.current.limitScale });
    this.callEvents = new CallEvents({ agenda: this.agenda, events: this.events, directory: this.directory });
    this.subscriptions = new Subscriptions({ now, clock, random, log, journal, fetch, agenda: this.agenda, events: this.events });
    this.ringCx = new RingCx({
      data: firstDay.data.ringCx ?? [],
      now,
      random,
      journal,
      directory: this.directory,
      limitScale: () => this.settings.current.limitScale,
    });
    this.#restorers = new Map<string, (document: unknown) => void>([
      ['settings', (document) => this.settings.restore(document as Settings)],
      ['session', (document) => this.sessions.restore(document as Session)],
      ['jwt-credential', (document) => this.jwtCredentials.restore(document as JwtCredential)],
      ...this.authorization.restorers,
      ['ring-out', (document) => this.#restoreRingOut(document as RingOut)],
      ['subscription', (document) => this.subscriptions.restore(document as Subscription)],
      ...this.ringCx.restorers,
      ['message', (document) => this.messages.restore(document as Message)],
      ['call-record', (document) => this.callLog.restore(document as CallRecord)],
      ['contact', (document) => this.addressBooks.restore(document as Contact)],
      ['profile', (document) => this.profiles.restore(document as UserProfile)],
      ['reservation', (document) => this.numberPool.restore(document as Reservation)],
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

  /** Has what the first day brings besides data and settings. A credential that a journal held is not made again. */
  begin(): void {
    for (const fault of this.#firstDay.faults) this.faults.add(fault);
    for (const { username, extension, expiresInSeconds, ...credential } of this.#firstDay.jwtCredentials) {
      const owner = this.directory.findLogin(username, extension);
      if (!owner || this.jwtCredentials.find(credential.name)) continue;
      this.jwtCredentials.add({
        ...credential,
        ownerId: String(owner.extension.id),
        ...(expiresInSeconds !== undefined && { expiresAt: this.now() + expiresInSeconds * 1_000 }),
      });
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
      this.messages,
      this.callLog,
      this.addressBooks,
      this.profiles,
      this.numberPool,
    ];
    for (const book of [...books, this.rateLimits, this.agenda, this.faults, this.latencies, this.requestLog]) book.reset();
    this.begin();
  }

  #restoreRingOut(ringOut: RingOut): void {
    this.ringOuts.restore(ringOut);
    this.callEvents.follow(ringOut);
    followRingOut(this, ringOut);
  }
}
