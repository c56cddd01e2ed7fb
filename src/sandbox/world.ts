import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { type JwtCredential, JwtCredentials, type SigningKey } from './authorization/jwt-credentials.ts';
import type { Session } from './authorization/session.ts';
import { Sessions } from './authorization/sessions.ts';
import type { RingOut } from './calls/ring-out.ts';
import { RingOuts } from './calls/ring-outs.ts';
import { Directory, type SandboxData } from './directory.ts';
import { Faults } from './faults.ts';
import type { Journal, StoredDocument } from './journal.ts';
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
  readonly rateLimits: RateLimits;
  readonly faults = new Faults();
  readonly requestLog = new RequestLog();
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Journal;
  /** Where the sandbox answers; known once it listens. */
  origin = '';

  constructor({ data, clock, random, log, journal, profile }: WorldParts) {
    this.clock = clock;
    this.log = log;
    this.journal = journal;
    this.directory = new Directory(data);
    this.settings = new SettingsBook(journal);
    const now = () => this.now();
    this.sessions = new Sessions({ now, random, journal, hasGrace: profile !== 'strict' });
    this.jwtCredentials = new JwtCredentials({ now, origin: () => this.origin, random, journal });
    this.ringOuts = new RingOuts({ now, random, journal });
    this.rateLimits = new RateLimits({ now, scale: () => this.settings.current.limitScale });
  }

  /** The sandbox's time: the machine's, and as much more as the controls have advanced it. */
  now(): number {
    return this.clock.now() + this.settings.current.clockOffsetMs;
  }

  /** Takes up what a journal held. */
  restore(documents: readonly StoredDocument[]): void {
    for (const { kind, document } of documents) {
      if (kind === 'session') this.sessions.restore(document as Session);
      else if (kind === 'jwt-credential') this.jwtCredentials.restore(document as JwtCredential);
      else if (kind === 'key') this.jwtCredentials.restoreKey(document as SigningKey);
      else if (kind === 'ring-out') this.ringOuts.restore(document as RingOut);
      else this.settings.restore(document as Settings);
    }
  }

  /** Everything as on the first day. */
  reset(): void {
    this.journal.clear();
    this.settings.reset();
    this.sessions.reset();
    this.jwtCredentials.reset();
    this.ringOuts.reset();
    this.rateLimits.reset();
    this.faults.reset();
    this.requestLog.reset();
  }
}
