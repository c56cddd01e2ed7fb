import { type Random, randomText } from '../../runtime/random.ts';
import { Collection } from '../collection.ts';
import type { Directory, Owner } from '../directory.ts';
import type { Journal } from '../journal.ts';
import { randomUuid } from '../wire/uuid.ts';
import type { RingCxMainAccount, RingCxMember, RingCxUser } from './main-account.ts';
import { RequestLimit } from './request-limit.ts';
import type { ApiToken, Expiring, PortalSession, RingCxSession } from './session.ts';

// The prefix says what they are, so that a gateway that talks to the real platform can refuse to keep them.
const ACCESS_PREFIX = 'SBXC';
const REFRESH_PREFIX = 'SBXD';
const TOKEN_BYTES = 32;
const ID_BYTES = 16;

// RingCX "Obtaining an access token": five minutes. How long a refresh token lives is not stated; here a day.
const ACCESS_MS = 5 * 60_000;
const REFRESH_MS = 24 * 60 * 60_000;
// Expired access tokens are kept for their error text alone: the last few, and for an hour.
const REMEMBERED_TOKENS = 10;
const REMEMBERED_MS = 60 * 60_000;
// RingCX "legacy credentials": an hour, or two weeks with `stayLoggedIn`, from the last use on.
const PORTAL_MS = 60 * 60_000;
const PORTAL_STAYING_MS = 14 * 24 * 60 * 60_000;
// RingCX guides: 5 exchanges and 120 other requests a minute.
const EXCHANGES_PER_MINUTE = 5;
const REQUESTS_PER_MINUTE = 120;

/** What RingCX is made with. */
export interface RingCxParts {
  readonly data: readonly RingCxMainAccount[];
  readonly now: () => number;
  readonly random: Random;
  readonly journal: Journal;
  readonly directory: Directory;
  /** What its limits are multiplied with; 0 is no limit. */
  readonly limitScale: () => number;
}

/** How a bearer token stands. */
export type BearerJudgement = { readonly state: 'good'; readonly member: RingCxMember } | { readonly state: 'expired' | 'unknown' };

/** The contact center: its users, and who of them is signed in. */
export class RingCx {
  readonly exchanges: RequestLimit;
  readonly requests: RequestLimit;
  readonly #parts: RingCxParts;
  readonly #sessions: Collection<RingCxSession>;
  readonly #portalSessions: Collection<PortalSession>;
  readonly #apiTokens: Collection<ApiToken>;
  readonly #idsByToken = new Map<string, string>();
  readonly #members: ReadonlyMap<number, RingCxMember>;

  constructor(parts: RingCxParts) {
    const { data, now, journal, directory, limitScale: scale } = parts;
    this.#parts = parts;
    this.exchanges = new RequestLimit(EXCHANGES_PER_MINUTE, { now, scale });
    this.requests = new RequestLimit(REQUESTS_PER_MINUTE, { now, scale });
    this.#sessions = new Collection('ringcx-session', journal);
    this.#portalSessions = new Collection('ringcx-portal-session', journal);
    this.#apiTokens = new Collection('ringcx-api-token', journal);
    this.#members = new Map(data.flatMap((main) => main.users.map((user) => [user.userId, memberOf(main, user, directory)])));
  }

  /** By the kind of document that the journal keeps for each. */
  get restorers(): readonly [string, (document: unknown) => void][] {
    return [
      ['ringcx-session', (document) => this.#list(document as RingCxSession, (session) => this.#sessions.restore(session))],
      ['ringcx-portal-session', (document) => this.#portalSessions.restore(document as PortalSession)],
      ['ringcx-api-token', (document) => this.#apiTokens.restore(document as ApiToken)],
    ];
  }

  /** The user who signs in with that RingCentral extension. @returns nothing where it is not linked, or disabled */
  findLinked({ extension }: Owner): RingCxMember | undefined {
    return this.#enabled(({ user }) => user.extensionIds.includes(extension.id));
  }

  /** @returns nothing where there is none of that name and password on that platform, or disabled */
  findByPassword(userName: string, password: string, platformId: string | undefined): RingCxMember | undefined {
    return this.#enabled(
      ({ main, user }) => user.userName === userName && user.password === password && (platformId === undefined || platformId === main.platformId),
    );
  }

  findMember(userId: number): RingCxMember | undefined {
    return this.#members.get(userId);
  }

  /** Everybody of a main account, in their order. */
  listMembers({ main }: RingCxMember): readonly RingCxMember[] {
    return [...this.#members.values()].filter((member) => member.main === main);
  }

  /** Starts a session. */
  signIn({ user }: RingCxMember, { hasRefresh, ssoLogin }: { readonly hasRefresh: boolean; readonly ssoLogin: boolean }): RingCxSession {
    const { random } = this.#parts;
    this.#forgetOver();
    return this.#keep({
      id: randomText(random, ID_BYTES),
      userId: user.userId,
      ssoLogin,
      accessTokens: [this.#issue(ACCESS_PREFIX, ACCESS_MS)],
      ...(hasRefresh && { refresh: this.#issue(REFRESH_PREFIX, REFRESH_MS) }),
    });
  }

  /** Exchanges a refresh token, which is for one use, for new tokens. @returns nothing where it is not good any more */
  refresh(refreshToken: string): RingCxSession | undefined {
    const session = this.#sessions.find(this.#idsByToken.get(refreshToken) ?? '');
    if (session?.refresh?.token !== refreshToken || this.#parts.now() >= session.refresh.expiresAt) return undefined;
    if (!this.#members.get(session.userId)?.user.enabled) return undefined;
    this.#unlist(session);
    const accessTokens = [...session.accessTokens, this.#issue(ACCESS_PREFIX, ACCESS_MS)].slice(-REMEMBERED_TOKENS);
    return this.#keep({ ...session, accessTokens, refresh: this.#issue(REFRESH_PREFIX, REFRESH_MS) });
  }

  judgeBearer(accessToken: string): BearerJudgement {
    const session = this.#sessions.find(this.#idsByToken.get(accessToken) ?? '');
    const found = session?.accessTokens.find(({ token }) => token === accessToken);
    const member = session && this.#members.get(session.userId);
    if (!found || !member) return { state: 'unknown' };
    return this.#parts.now() < found.expiresAt ? { state: 'good', member } : { state: 'expired' };
  }

  /** Whose an `X-Auth-Token` is, which from now on counts as used. */
  useAuthToken(authToken: string): RingCxMember | undefined {
    const portal = this.#portalSessions.find(authToken);
    if (!portal) return this.#members.get(this.#apiTokens.find(authToken)?.userId ?? 0);
    const now = this.#parts.now();
    if (now >= portal.expiresAt) {
      this.#portalSessions.remove(portal);
      return undefined;
    }
    this.#portalSessions.put({ ...portal, expiresAt: now + portal.lifetimeMs });
    return this.#members.get(portal.userId);
  }

  /** Whether a token of any kind is good now. */
  isValid(token: string): boolean {
    const portal = this.#portalSessions.find(token);
    return (
      this.judgeBearer(token).state === 'good' || this.#apiTokens.find(token) !== undefined || (portal !== undefined && this.#parts.now() < portal.expiresAt)
    );
  }

  signInAtPortal({ main, user }: RingCxMember, staysLoggedIn: boolean): PortalSession {
    const now = this.#parts.now();
    for (const portal of this.#portalSessions.list()) if (now >= portal.expiresAt) this.#portalSessions.remove(portal);
    const lifetimeMs = staysLoggedIn ? PORTAL_STAYING_MS : PORTAL_MS;
    const id = `${main.platformId}-${randomUuid(this.#parts.random)}`;
    return this.#portalSessions.put({ id, userId: user.userId, lifetimeMs, expiresAt: now + lifetimeMs });
  }

  createApiToken({ main, user }: RingCxMember): string {
    return this.#apiTokens.put({ id: `${main.platformId}:${randomUuid(this.#parts.random)}`, userId: user.userId }).id;
  }

  /** A user's own, oldest first. */
  listApiTokens({ user }: RingCxMember): readonly string[] {
    return this.#apiTokens.list().flatMap(({ id, userId }) => (userId === user.userId ? [id] : []));
  }

  /** Removes a token of the user's own, or of somebody below it. @returns whether there was one */
  removeApiToken(token: string, { user }: RingCxMember): boolean {
    const found = this.#apiTokens.find(token);
    if (!found || !this.#isOrBelow(found.userId, user.userId)) return false;
    this.#apiTokens.remove(found);
    return true;
  }

  reset(): void {
    for (const book of [this.#sessions, this.#portalSessions, this.#apiTokens, this.exchanges, this.requests]) book.reset();
    this.#idsByToken.clear();
  }

  #enabled(isMeant: (member: RingCxMember) => boolean): RingCxMember | undefined {
    return [...this.#members.values()].find((member) => member.user.enabled && isMeant(member));
  }

  #isOrBelow(userId: number | undefined, aboveId: number): boolean {
    if (userId === undefined) return false;
    return userId === aboveId || this.#isOrBelow(this.#members.get(userId)?.user.parentUserId, aboveId);
  }

  #issue(prefix: string, lifetimeMs: number): Expiring {
    const { random, now } = this.#parts;
    return { token: prefix + randomText(random, TOKEN_BYTES), expiresAt: now() + lifetimeMs };
  }

  #forgetOver(): void {
    const now = this.#parts.now();
    for (const session of this.#sessions.list()) {
      const endsAt = Math.max(session.refresh?.expiresAt ?? 0, (session.accessTokens.at(-1)?.expiresAt ?? 0) + REMEMBERED_MS);
      if (now < endsAt) continue;
      this.#unlist(session);
      this.#sessions.remove(session);
    }
  }

  #keep(session: RingCxSession): RingCxSession {
    this.#list(session, (listed) => this.#sessions.put(listed));
    return session;
  }

  #list(session: RingCxSession, keep: (session: RingCxSession) => void): void {
    for (const token of tokensOf(session)) this.#idsByToken.set(token, session.id);
    keep(session);
  }

  #unlist(session: RingCxSession): void {
    for (const token of tokensOf(session)) this.#idsByToken.delete(token);
  }
}

function memberOf(main: RingCxMainAccount, user: RingCxUser, directory: Directory): RingCxMember {
  const rcAccountId = directory.findOwner(String(user.extensionIds[0]))?.account.id;
  return { main, user, ...(rcAccountId !== undefined && { rcAccountId: String(rcAccountId) }) };
}

function tokensOf({ accessTokens, refresh }: RingCxSession): string[] {
  return [...accessTokens, ...(refresh ? [refresh] : [])].map(({ token }) => token);
}
