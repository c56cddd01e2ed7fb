import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { Agenda } from './agenda.ts';
import { type JwtCredential, JwtCredentials, type SigningKey } from './authorization/jwt-credentials.ts';
import type { Session } from './authorization/session.ts';
import { Sessions } from './authorization/sessions.ts';
import { CallLog } from './call-log/call-log.ts';
import type { CallRecord } from './call-log/call-record.ts';
import { followRingOut } from './call-log/follow-ring-out.ts';
import type { RingOut } from './calls/ring-out.ts';
import { RingOuts } from './calls/ring-outs.ts';
import { Collection } from './collection.ts';
import { AddressBooks } from './contacts/address-books.ts';
import type { Contact } from './contacts/contact.ts';
import { Directory, type SandboxData } from './directory.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import type { Journal, StoredDocument } from './journal.ts';
import { NumberPool, type Reservation } from './numbers/number-pool.ts';
import type { UserProfile } from './people/profile.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestLog } from './request-log.ts';
import { type Settings, SettingsBook } from './settings.ts';

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
  readonly callLog: CallLog;
  readonly addressBooks: AddressBooks;
  /** What each user has chosen for itself. */
  readonly profiles: Collection<UserProfile>;
  readonly numberPool: NumberPool;
  readonly rateLimits: RateLimits;
  readonly agenda: Agenda;
  readonly events = new Events();
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

  constructor({ data, clock, random, log, journal, profile }: WorldParts) {
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.journal = journal;
    this.directory = new Directory(data, journal);
    this.settings = new SettingsBook(journal);
    const now = () => this.now();
    this.agenda = new Agenda(now);
    this.sessions = new Sessions({ now, random, journal, hasGrace: profile !== 'strict' });
    this.jwtCredentials = new JwtCredentials({ now, origin: () => this.origin, random, journal });
    this.ringOuts = new RingOuts({ now, random, journal });
    this.callLog = new CallLog({ now, random, journal });
    this.addressBooks = new AddressBooks({ known: data.contacts ?? [], random, journal });
    this.profiles = new Collection<UserProfile>('profile', journal);
    this.numberPool = new NumberPool({ now, random, journal, isTaken: (number) => this.directory.isTaken(number) });
    this.rateLimits = new RateLimits({ now, scale: () => this.settings.current.limitScale });
    this.#restorers = new Map<string, (document: unknown) => void>([
      ['settings', (document) => this.settings.restore(document as Settings)],
      ['session', (document) => this.sessions.restore(document as Session)],
      ['jwt-credential', (document) => this.jwtCredentials.restore(document as JwtCredential)],
      ['key', (document) => this.jwtCredentials.restoreKey(document as SigningKey)],
      ['ring-out', (document) => this.#restoreRingOut(document as RingOut)],
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

  /** Everything as on the first day. */
  reset(): void {
    this.journal.clear();
    const books = [this.directory, this.settings, this.sessions, this.jwtCredentials, this.ringOuts];
    for (const book of [...books, this.callLog, this.addressBooks, this.profiles, this.numberPool, this.rateLimits, this.agenda, this.faults, this.requestLog])
      book.reset();
  }

  #restoreRingOut(ringOut: RingOut): void {
    this.ringOuts.restore(ringOut);
    followRingOut(this, ringOut);
  }
}
