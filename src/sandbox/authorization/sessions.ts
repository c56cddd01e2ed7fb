import { type Random, randomText } from '../../runtime/random.ts';
import type { App } from '../directory.ts';
import type { Journal } from '../journal.ts';
import type { Rules } from '../profile.ts';
import { rateExceeded } from '../rate-limits.ts';
import { Refused } from '../wire/answer.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';
import { unauthorized } from '../wire/rest-refusal.ts';
import type { Lifetimes } from './lifetimes.ts';
import { narrowed } from './scope.ts';
import { type Identity, isOver, judgeAccessToken, judgeRefreshToken, type Session, type Subject, type TokenPair } from './session.ts';

// The prefix says what they are, so that a gateway that talks to the real platform can refuse to keep them.
const ACCESS_PREFIX = 'SBXA';
const REFRESH_PREFIX = 'SBXR';
const TOKEN_BYTES = 32;
const ACCESS_TOKEN_FORM = /^SBXA[\w-]{43}$/;
const ID_BYTES = 16;

// RingCentral "Tokens": usually five at a time per user and app.
const SESSIONS_PER_OWNER_AND_APP = 5;
// Nothing is written of those without a user. So many, that a partner's programs do not drive each other out.
const SESSIONS_WITHOUT_USER = 100;
// Sessions that are over are kept for their error texts alone.
const REMEMBERED_PER_OWNER_AND_APP = 5;

const STANDS_FOR_ITS_SESSION: ReadonlySet<string> = new Set(['good', 'rotates', 'repeats', 'expired']);

/** What the sessions are made with. */
export interface SessionsParts {
  readonly now: () => number;
  readonly random: Random;
  readonly journal: Journal;
  readonly rules: Pick<Rules, 'grace' | 'sessionLimit' | 'replacedAccessToken'>;
}

/** What a new session is for. */
export interface SignIn {
  readonly app: App;
  readonly subject: Subject;
  readonly endpointId: string | undefined;
  readonly lifetimes: Lifetimes;
  /** Absent: all permissions of the app. */
  readonly scope: readonly string[] | undefined;
  /** Absent: without OpenID Connect. */
  readonly identity: Identity | undefined;
}

/** A session as sandboxes wrote it before there were any without a user. */
type UsersSession = Omit<Session, 'subject'> & { readonly ownerId: string };

/** Every session that the platform knows. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #byId = new Map<string, Session>();
  readonly #idsByToken = new Map<string, string>();
  /** Ids in the order of their sign-ins, by subject and app. */
  readonly #idsBySubjectAndApp = new Map<string, string[]>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /**
   * Starts a session; where the user has five with this app, the oldest ends.
   *
   * @throws Refused  429, where the rules have it that the sixth is refused
   */
  signIn({ app, subject, endpointId, lifetimes, scope, identity }: SignIn): Session {
    const { random } = this.#parts;
    const now = this.#parts.now();
    this.#makeRoom(app.clientId, subject, now);
    const session: Session = {
      id: randomText(random, ID_BYTES),
      clientId: app.clientId,
      subject,
      endpointId: endpointId ?? randomText(random, ID_BYTES),
      startedAt: now,
      current: this.#issue(app, lifetimes, now),
      // Last, so that a session without them is one small object: there may be a hundred thousand.
      ...(scope && { scope }),
      ...(identity && { identity }),
    };
    this.#save(session);
    return session;
  }

  /**
   * Exchanges a refresh token for a new pair. One that was exchanged already brings, for as long as the platform's
   * grace lasts, the pair that it brought before.
   *
   * @throws Refused  invalid_grant, with OAU-210 (expired), OAU-211 (revoked) or OAU-213 (not found); invalid_scope, which
   *   leaves the token good
   */
  refresh(app: App, refreshToken: string, lifetimes: Lifetimes, scope: readonly string[] | undefined): Session {
    const now = this.#parts.now();
    const session = this.#find(refreshToken);
    if (!session || session.clientId !== app.clientId || refreshToken.startsWith(ACCESS_PREFIX)) throw invalidGrant('OAU-213', 'Token not found');
    const judgement = judgeRefreshToken(session, refreshToken, now);
    if (judgement === 'unknown' || (judgement === 'repeats' && this.#parts.rules.grace === 'off')) throw invalidGrant('OAU-213', 'Token not found');
    if (judgement === 'revoked') throw invalidGrant('OAU-211', 'Token revoked');
    if (judgement === 'expired') throw invalidGrant('OAU-210', 'Token expired');
    if (judgement === 'repeats') return session;

    const narrower = narrowed(session.scope, scope);
    const rotated: Session = { ...session, ...(narrower && { scope: narrower }), current: this.#issue(app, lifetimes, now), previous: session.current };
    if (session.previous) this.#forget(session.previous);
    this.#save(rotated);
    return rotated;
  }

  /** Ends the session of one of the app's tokens; whatever else it is given, a token long replaced too, does nothing. */
  revoke(app: App, token: string): void {
    const now = this.#parts.now();
    const session = this.#find(token);
    if (!session || session.clientId !== app.clientId) return;
    const judgement = token.startsWith(ACCESS_PREFIX) ? judgeAccessToken(session, token, now) : judgeRefreshToken(session, token, now);
    if (STANDS_FOR_ITS_SESSION.has(judgement)) this.#save({ ...session, revokedAt: now });
  }

  /** Ends a session: its user's doing, or a consequence of something. @returns whether there was one that was not over */
  end(id: string): boolean {
    const session = this.#byId.get(id);
    if (!session || isOver(session, this.#parts.now())) return false;
    this.#save({ ...session, revokedAt: this.#parts.now() });
    return true;
  }

  /** Ends every session of a user, or those with one app. */
  endAllOf(ownerId: string, clientId?: string): void {
    for (const session of this.#byId.values()) {
      if (session.subject.kind !== 'user' || session.subject.ownerId !== ownerId) continue;
      if (clientId === undefined || session.clientId === clientId) this.end(session.id);
    }
  }

  /**
   * The session of an access token that a resource request presents, which from now on counts as used.
   *
   * @throws Refused  401, with OAU-149 (not one of ours), OAU-213, OAU-129 or OAU-128
   */
  authenticate(accessToken: string): Session {
    const now = this.#parts.now();
    if (!ACCESS_TOKEN_FORM.test(accessToken)) throw unauthorized('TokenInvalid', 'OAuth token is invalid', 'OAU-149');
    const session = this.#find(accessToken);
    const judgement = session ? judgeAccessToken(session, accessToken, now) : 'unknown';
    if (!session || judgement === 'unknown') throw unauthorized('TokenInvalid', 'Token not found', 'OAU-213');
    if (judgement === 'corrupted' && this.#parts.rules.replacedAccessToken === 'not-found') throw unauthorized('TokenInvalid', 'Token not found', 'OAU-213');
    if (judgement === 'corrupted') throw unauthorized('TokenInvalid', 'Access token corrupted', 'OAU-129');
    if (judgement === 'expired') throw unauthorized('TokenExpired', 'Access token expired', 'OAU-128');
    if (session.current.usedAt === undefined) this.#save({ ...session, current: { ...session.current, usedAt: now } });
    return session;
  }

  /** For whom a token was issued, whatever has become of it. */
  findSubject(token: string): Subject | undefined {
    return this.#find(token)?.subject;
  }

  /** The sessions that are not over, oldest first. */
  listLive(): readonly Session[] {
    const now = this.#parts.now();
    return [...this.#byId.values()].filter((session) => !isOver(session, now));
  }

  /** Takes up what a journal held; one of a version that knew users' sessions only names just the user. */
  restore(session: Session | UsersSession): void {
    this.#keep('subject' in session ? session : { ...session, subject: { kind: 'user', ownerId: session.ownerId } });
  }

  reset(): void {
    this.#byId.clear();
    this.#idsByToken.clear();
    this.#idsBySubjectAndApp.clear();
  }

  #find(token: string): Session | undefined {
    return this.#byId.get(this.#idsByToken.get(token) ?? '');
  }

  #issue(app: App, { accessMs, refreshMs }: Lifetimes, now: number): TokenPair {
    const { random } = this.#parts;
    return {
      accessToken: ACCESS_PREFIX + randomText(random, TOKEN_BYTES),
      accessExpiresAt: now + accessMs,
      issuedAt: now,
      ...(refreshMs !== undefined &&
        app.grantTypes.includes('refresh_token') && { refreshToken: REFRESH_PREFIX + randomText(random, TOKEN_BYTES), refreshExpiresAt: now + refreshMs }),
    };
  }

  #makeRoom(clientId: string, subject: Subject, now: number): void {
    const ids = this.#idsBySubjectAndApp.get(subjectAndApp(clientId, subject));
    if (!ids) return;
    if (subject.kind === 'user') this.#makeRoomForUser(ids, now);
    else this.#makeRoomForApp(ids, now);
  }

  #makeRoomForUser(ids: string[], now: number): void {
    if (ids.length < Math.min(SESSIONS_PER_OWNER_AND_APP, REMEMBERED_PER_OWNER_AND_APP)) return;
    const sessions = ids.flatMap((id) => this.#byId.get(id) ?? []);
    const over = sessions.filter((session) => isOver(session, now));
    const live = sessions.filter((session) => !isOver(session, now));
    if (live.length >= SESSIONS_PER_OWNER_AND_APP && this.#parts.rules.sessionLimit === 'refuse') throw new Refused(rateExceeded());
    for (const session of over.slice(0, -REMEMBERED_PER_OWNER_AND_APP)) this.#remove(session, ids);
    for (const session of live.slice(0, Math.max(0, live.length + 1 - SESSIONS_PER_OWNER_AND_APP))) this.#remove(session, ids);
  }

  // Nothing of these is remembered, so that a program that signs in for each of its requests does not fill the memory.
  #makeRoomForApp(ids: string[], now: number): void {
    for (let oldest = this.#byId.get(ids[0] ?? ''); oldest; oldest = this.#byId.get(ids[0] ?? '')) {
      if (ids.length < SESSIONS_WITHOUT_USER && !isOver(oldest, now)) return;
      this.#remove(oldest, ids);
    }
  }

  #save(session: Session): void {
    this.#keep(session);
    this.#parts.journal.put('session', session.id, session);
  }

  #keep(session: Session): void {
    const isNew = !this.#byId.has(session.id);
    this.#byId.set(session.id, session);
    this.#index(session.current, session.id);
    if (session.previous) this.#index(session.previous, session.id);
    if (!isNew) return;
    const name = subjectAndApp(session.clientId, session.subject);
    const ids = this.#idsBySubjectAndApp.get(name);
    if (ids) ids.push(session.id);
    else this.#idsBySubjectAndApp.set(name, [session.id]);
  }

  #index({ accessToken, refreshToken }: TokenPair, id: string): void {
    this.#idsByToken.set(accessToken, id);
    if (refreshToken !== undefined) this.#idsByToken.set(refreshToken, id);
  }

  #forget({ accessToken, refreshToken }: TokenPair): void {
    this.#idsByToken.delete(accessToken);
    if (refreshToken !== undefined) this.#idsByToken.delete(refreshToken);
  }

  /** @param ids  those of its subject and app; never left empty, for only a session that comes makes room */
  #remove(session: Session, ids: string[]): void {
    this.#byId.delete(session.id);
    this.#forget(session.current);
    if (session.previous) this.#forget(session.previous);
    if (ids[0] === session.id) ids.shift();
    else ids.splice(ids.indexOf(session.id), 1);
    this.#parts.journal.remove('session', session.id);
  }
}

// Ids of apps, users, accounts and brands hold no blank.
function subjectAndApp(clientId: string, subject: Subject): string {
  if (subject.kind === 'user') return `${clientId} ${subject.ownerId}`;
  return subject.kind === 'account' ? `${clientId} account ${subject.accountId}` : `${clientId} brand ${subject.brandId}`;
}

function invalidGrant(errorCode: string, message: string) {
  return oauthRefusal('invalid_grant', errorCode, message);
}
