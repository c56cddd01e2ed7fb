import { createHash, createHmac } from 'node:crypto';
import { Secret } from '../domain/secret.ts';
import { type Random, randomText } from '../runtime/random.ts';

// `tlb_`, the session's id (16 bytes), `A` or `R`, and 32 bytes that are the secret, in base64url.
const FORM = /^tlb_([\w-]{22})([AR])[\w-]{43}$/;
const ID_BYTES = 16;
const SECRET_BYTES = 32;

/** Which of a session's two tokens one is. */
export type TokenKind = 'access' | 'refresh';

/** What a token of ours says of itself; nothing of it is proven yet. */
export interface ReadToken {
  readonly kind: TokenKind;
  readonly sessionId: string;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** The two tokens of one answer. */
export interface TokenPair {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
}

/** A new session's id, which is no secret. */
export function createSessionId(random: Random): string {
  return randomText(random, ID_BYTES);
}

/** The first pair of a session. */
export function createPair(random: Random, sessionId: string): TokenPair {
  return pairOf(sessionId, randomText(random, SECRET_BYTES), randomText(random, SECRET_BYTES));
}

/** What makes the next pair, together with the refresh token that is exchanged for it. */
export function createSeed(random: Random): Secret {
  return new Secret(randomText(random, SECRET_BYTES));
}

/**
 * The pair that a refresh token brings, the same one whenever it is asked for: an answer that was lost is asked for again.
 *
 * It is made of the refresh token, which nobody but the program has, and a seed, which rests sealed: neither the database with
 * the vault key nor an old refresh token alone makes a token that is good.
 */
export function derivePair(sessionId: string, refreshToken: string, seed: Secret): TokenPair {
  const part = (kind: TokenKind) => createHmac('sha256', seed.reveal()).update(`${kind} ${refreshToken}`).digest('base64url');
  return pairOf(sessionId, part('access'), part('refresh'));
}

/** Reads a token; nothing where it is none of ours. */
export function readToken(token: string): ReadToken | undefined {
  const [, sessionId, kind] = FORM.exec(token) ?? [];
  return sessionId === undefined ? undefined : { kind: kind === 'A' ? 'access' : 'refresh', sessionId, hash: hashToken(token) };
}

/** What of a token rests: SHA-256, hex; 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function pairOf(sessionId: string, access: string, refresh: string): TokenPair {
  return { accessToken: new Secret(`tlb_${sessionId}A${access}`), refreshToken: new Secret(`tlb_${sessionId}R${refresh}`) };
}
