import {
  type BridgeLifetimes,
  type BridgePair,
  type BridgeSession,
  type BridgeSessionStore,
  type Exchanged,
  judgeBridgeAccess,
  judgeBridgeRefresh,
} from '../domain/bridge-session.ts';
import { EVERYTHING } from '../domain/changes.ts';
import { BridgeTokenRefused } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { invalidGrant } from './refusal.ts';
import type { SessionCache } from './session-cache.ts';
import { createPair, createSeed, createSessionId, derivePair, hashToken, readToken, type TokenPair } from './tokens.ts';

// As long as the platform's own.
const ENDPOINT_ID_BYTES = 16;
// Of those that exchange one refresh token at once one makes the pair, and the others repeat it at their second try.
const MOST_TRIES = 5;

/**
 * In place of a client id, of sessions whose tokens are in place of RingCX's. No client id has a blank, so that neither kind of
 * refresh token is taken where the other is.
 */
export const RING_CX = 'RingCX exchange';

/** What a session is begun for. */
export interface SessionAsked {
  /** Its name. */
  readonly client: string;
  readonly connection: string;
  /** With which the program has shown who it is. */
  readonly clientId: string;
  /** As the program sent it. */
  readonly endpointId?: string | undefined;
  readonly lifetimes: BridgeLifetimes;
  readonly exchangedFor?: Exchanged;
}

/** Whoever shows a token, and what has to be asked about its session. */
export interface Presenter {
  /** With which it has shown who it is. */
  readonly clientId: string;
  /** Whether the session, of this client id, is one of its own; to any other its tokens are unknown. */
  owns(session: BridgeSession): Promise<boolean>;
  /** Whether a session may go on, asked once its token is proven. @throws Frozen */
  requireAllowed(session: BridgeSession): Promise<void>;
}

/** A session, with the tokens that are shown this once. */
export interface IssuedTokens {
  readonly session: BridgeSession;
  readonly accessToken: Secret;
  /** Absent where none was wanted. */
  readonly refreshToken: Secret | undefined;
}

/** What the sessions are handed. */
export interface SessionsParts {
  readonly store: BridgeSessionStore;
  readonly cache: Pick<SessionCache, 'find' | 'forget'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly log: Log;
}

/**
 * The sessions of programs that sign in through the Bridge: tokens of ours, with the platform's rules, so that a program meets
 * what it knows. There may be any number for a user and App: the platform's limit of five is about its own.
 */
export class BridgeSessions {
  readonly #parts: SessionsParts;
  /** The first uses that are being noted. */
  readonly #noting = new Map<string, Promise<void>>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /**
   * Begins a session.
   *
   * @throws ClientNotFound, ConnectionNotFound  it was removed meanwhile
   * @throws BridgeTokenRefused                  the session that it was exchanged for has ended meanwhile
   */
  async issue({ client, connection, clientId, endpointId, lifetimes, exchangedFor }: SessionAsked): Promise<IssuedTokens> {
    const { store, clock, random } = this.#parts;
    const now = clock.now();
    const id = createSessionId(random);
    const pair = createPair(random, id);
    const session: BridgeSession = {
      id,
      client,
      connection,
      clientId,
      endpointId: endpointId ?? randomText(random, ENDPOINT_ID_BYTES),
      generation: 1,
      current: storedPair(pair, lifetimes, now),
      previous: undefined,
      seed: undefined,
      startedAt: now,
      revokedAt: undefined,
      ...(exchangedFor && { exchangedFor }),
    };
    await store.createBridgeSession(session);
    if (exchangedFor && 'session' in exchangedFor) await this.#requireGoing(exchangedFor.session, id);
    return issued(session, pair);
  }

  /**
   * Exchanges a refresh token for a new pair. One that was exchanged already brings the pair that it brought before, until ten
   * seconds after that was first used, and for an hour while it was not.
   *
   * @throws BridgeRefused  invalid_grant: OAU-210 (expired), OAU-211 (revoked) or OAU-213 (not found, or another program's)
   * @throws Frozen         and what `presenter` throws
   */
  async refresh(refreshToken: string, presenter: Presenter, lifetimes: BridgeLifetimes): Promise<IssuedTokens> {
    const { store, cache, clock, random } = this.#parts;
    const read = readToken(refreshToken);
    if (read?.kind !== 'refresh') throw notFound();
    for (let tries = 1; ; tries += 1) {
      const now = clock.now();
      const session = await store.findBridgeSession(read.sessionId);
      if (!session || !(await isOf(session, presenter))) throw notFound();
      const judgement = judgeBridgeRefresh(session, read.hash, now);
      if (judgement === 'unknown') throw notFound();
      if (judgement === 'revoked') throw invalidGrant('OAU-211', 'Token revoked');
      if (judgement === 'expired') throw invalidGrant('OAU-210', 'Token expired');
      await presenter.requireAllowed(session);
      if (judgement === 'repeats' && session.seed) return issued(session, derivePair(session.id, refreshToken, session.seed));

      const seed = createSeed(random);
      const pair = derivePair(session.id, refreshToken, seed);
      const rotated: BridgeSession = {
        ...session,
        generation: session.generation + 1,
        current: storedPair(pair, lifetimes, now),
        previous: session.current,
        seed,
      };
      const saved = await store.rotateBridgeSession(rotated);
      cache.forget(session.id);
      if (saved) return issued(rotated, pair);
      if (tries >= MOST_TRIES) throw notFound();
    }
  }

  /**
   * The session of an access token that a request presents, which from now on counts as used.
   *
   * @throws BridgeTokenRefused
   */
  async resolve(accessToken: string): Promise<BridgeSession> {
    const read = readToken(accessToken);
    if (read?.kind !== 'access') throw new BridgeTokenRefused('invalid');
    const session = await this.#parts.cache.find(read.sessionId);
    const judgement = session ? judgeBridgeAccess(session, read.hash, this.#parts.clock.now()) : 'unknown';
    if (!session || judgement === 'unknown') throw new BridgeTokenRefused('unknown');
    if (judgement !== 'good') throw new BridgeTokenRefused(judgement);
    if (session.previous && session.current.usedAt === undefined) this.#noteUse(session);
    return session;
  }

  /**
   * Ends the session of one of the program's tokens; whatever else it is given, a token long replaced too, does nothing.
   *
   * @returns the session that has ended; nothing where none has
   */
  async revoke(token: string, presenter: Pick<Presenter, 'clientId' | 'owns'>): Promise<BridgeSession | undefined> {
    const { store, clock } = this.#parts;
    const read = readToken(token);
    const session = read && (await store.findBridgeSession(read.sessionId));
    if (!read || !session || !(await isOf(session, presenter))) return undefined;
    const judgement = read.kind === 'access' ? judgeBridgeAccess(session, read.hash, clock.now()) : judgeBridgeRefresh(session, read.hash, clock.now());
    if (judgement === 'unknown' || judgement === 'corrupted') return undefined;
    return (await this.end(session.id)).includes(session.id) ? session : undefined;
  }

  /** Ends a session, whatever tokens it has, and what was exchanged for it. @returns the ids of those that have ended */
  async end(id: string): Promise<readonly string[]> {
    const { store, cache, clock } = this.#parts;
    const ended = await store.revokeBridgeSession(id, clock.now());
    for (const each of [id, ...ended]) cache.forget(each);
    return ended;
  }

  /** Ends all sessions of a Client. @returns how many */
  async endAllOf(client: string): Promise<number> {
    const { store, cache, clock } = this.#parts;
    const ended = await store.revokeBridgeSessionsOf(client, clock.now());
    cache.forget(EVERYTHING);
    return ended;
  }

  /** Resolves when nothing is being noted. */
  async settled(): Promise<void> {
    await Promise.all(this.#noting.values());
  }

  // In the database, after the one that was exchanged for it is there: whoever ends it from now on finds that.
  async #requireGoing(id: string, exchanged: string): Promise<void> {
    const session = await this.#parts.store.findBridgeSession(id);
    if (session && session.revokedAt === undefined) return;
    await this.end(exchanged);
    throw new BridgeTokenRefused('unknown');
  }

  // Nobody waits for it: where it cannot be written, the refresh token before is good for somewhat longer.
  #noteUse({ id, generation }: BridgeSession): void {
    if (this.#noting.has(id)) return;
    const { store, cache, clock, log } = this.#parts;
    const noted = store
      .useBridgeSession(id, generation, clock.now())
      .then(
        () => cache.forget(id),
        (error: unknown) => log.warn('bridge.use_not_noted', { error: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => this.#noting.delete(id));
    this.#noting.set(id, noted);
  }
}

async function isOf(session: BridgeSession, { clientId, owns }: Pick<Presenter, 'clientId' | 'owns'>): Promise<boolean> {
  return session.clientId === clientId && owns(session);
}

function storedPair({ accessToken, refreshToken }: TokenPair, { accessMs, refreshMs }: BridgeLifetimes, now: number): BridgePair {
  return {
    accessHash: hashToken(accessToken.reveal()),
    accessExpiresAt: now + accessMs,
    refreshHash: refreshMs === undefined ? undefined : hashToken(refreshToken.reveal()),
    refreshExpiresAt: refreshMs === undefined ? undefined : now + refreshMs,
    issuedAt: now,
    usedAt: undefined,
  };
}

function issued(session: BridgeSession, { accessToken, refreshToken }: TokenPair): IssuedTokens {
  return { session, accessToken, refreshToken: session.current.refreshHash === undefined ? undefined : refreshToken };
}

function notFound() {
  return invalidGrant('OAU-213', 'Token not found');
}
