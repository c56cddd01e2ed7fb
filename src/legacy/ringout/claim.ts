import { CallPending, GatewayError, PlatformRefused, PlatformUnreachable } from '../../domain/errors.ts';
import type { RingOutSessionStore } from '../../domain/ring-out.ts';
import type { RingOutClaim, RingOutClaimStore } from '../../domain/ring-out-claim.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Random, randomText } from '../../runtime/random.ts';

// While another node places the call, this is how often its session is looked for: placing takes some 100 ms.
const LOOK_AGAIN_MS = 50;
// Old programs wait 30 s for their answer.
const WAIT_MS = 20_000;
// Who places a call says so this often. Its word holds for one window after it, and a little: a database that is busy
// makes the next one late.
const KEEP_MS = 1_000;
const KEEP_MARGIN_MS = 4_000;
const HOLDER_BYTES = 9;

/** What placing a call once needs. */
export interface ClaimParts {
  readonly sessions: Pick<RingOutSessionStore, 'findRepeat'>;
  readonly claims: RingOutClaimStore;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a call that is asked for again is the first one still. */
  readonly repeatWindowMs: number;
}

/** The session of a call, and whether it was there before. */
export interface PlacedCall {
  readonly sessionId: number;
  readonly repeated: boolean;
}

/**
 * Places a call, unless it was placed in the moment before or another node is placing it: then that one's session is
 * the answer.
 *
 * A claim is, in the order it goes through:
 *   taken     its holder places the call and keeps the claim; whoever else asks waits
 *   released  the call has its session, or nothing was placed: the next who asks takes the claim
 *   unclear   its holder does not know whether the call rings: until one window later nobody places it
 *   left      its holder is gone: until one window after its last word nobody places it, and who waited for it is told
 *             that it failed, for a second call of the same press of a button must not follow
 *
 * @param place  gives the session id; it is handed the claim
 * @throws CallPending  the call may ring already, or is being placed for longer than an old program waits
 */
export async function placeOnce(parts: ClaimParts, repeatKey: string, place: (claim: HeldClaim) => Promise<number>): Promise<PlacedCall> {
  const cameAt = parts.clock.now();
  for (;;) {
    const first = await findRepeat(parts, repeatKey);
    if (first !== undefined) return { sessionId: first, repeated: true };
    const claim = new HeldClaim(parts, repeatKey);
    if (await claim.take(cameAt)) return holding(parts, claim, place);

    const other = await parts.claims.findClaim(repeatKey);
    const now = parts.clock.now();
    if (other && (other.unclear || other.expiresAt <= now)) throw new CallPending();
    if (now - cameAt >= WAIT_MS) throw new CallPending();
    await parts.clock.sleep(LOOK_AGAIN_MS);
  }
}

async function holding(parts: ClaimParts, claim: HeldClaim, place: (claim: HeldClaim) => Promise<number>): Promise<PlacedCall> {
  const placed = new AbortController();
  const keeping = claim.keepUntil(placed.signal);
  try {
    // The node that held the claim before may have placed the call between our reading and our taking.
    const first = await findRepeat(parts, claim.repeatKey);
    if (first !== undefined) return { sessionId: first, repeated: true };
    return { sessionId: await place(claim), repeated: false };
  } finally {
    placed.abort();
    await keeping;
    await claim.end();
  }
}

async function findRepeat({ sessions, clock, repeatWindowMs }: ClaimParts, repeatKey: string): Promise<number | undefined> {
  const now = clock.now();
  const session = await sessions.findRepeat(repeatKey, now - repeatWindowMs + 1, now);
  // The clocks of two nodes differ a little. One from further in the future is the work of a clock that was set back:
  // it says nothing about the moment before.
  return session && session.createdAt < now + repeatWindowMs ? session.sessionId : undefined;
}

/** The claim that a call is placed under. */
export class HeldClaim {
  readonly repeatKey: string;
  readonly #parts: ClaimParts;
  readonly #holder: string;
  #expiresAt = 0;
  #mayRing = false;

  constructor(parts: ClaimParts, repeatKey: string) {
    this.repeatKey = repeatKey;
    this.#parts = parts;
    this.#holder = randomText(parts.random, HOLDER_BYTES);
  }

  /** Takes it, where the one before it was over by then. */
  async take(overBy: number): Promise<boolean> {
    const claim = this.#lasting(this.#parts.repeatWindowMs + KEEP_MARGIN_MS);
    this.#expiresAt = claim.expiresAt;
    return this.#parts.claims.takeClaim(claim, overBy);
  }

  /** Says again and again that its holder lives, until the signal. */
  async keepUntil(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#parts.clock.sleep(KEEP_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#keep();
    }
  }

  /**
   * To be called right before the request that places the call leaves: until it is `settled`, it may ring.
   *
   * @throws CallPending  the process was stopped for so long that another may place the call by now
   */
  asking(): void {
    if (this.#parts.clock.now() >= this.#expiresAt) throw new CallPending();
    this.#mayRing = true;
  }

  /** What became of the call is known: it has its session, or was refused or cancelled. */
  settled(): void {
    this.#mayRing = false;
  }

  /** Releases it, or leaves it as unclear. What the database does not take ends by itself. */
  async end(): Promise<void> {
    const { claims, repeatWindowMs } = this.#parts;
    await (this.#mayRing ? claims.keepClaim({ ...this.#lasting(repeatWindowMs), unclear: true }) : claims.releaseClaim(this.repeatKey, this.#holder)).catch(
      () => undefined,
    );
  }

  // A word that the database did not take is followed by another.
  async #keep(): Promise<void> {
    const claim = this.#lasting(this.#parts.repeatWindowMs + KEEP_MARGIN_MS);
    const kept = await this.#parts.claims.keepClaim(claim).catch(() => false);
    if (kept) this.#expiresAt = claim.expiresAt;
  }

  #lasting(ms: number): RingOutClaim {
    return { repeatKey: this.repeatKey, holder: this.#holder, expiresAt: this.#parts.clock.now() + ms, unclear: false };
  }
}

/**
 * Whether a call may ring, though asking for it failed: no answer came, or one that does not say.
 *
 * Everything else, a token that could not be won for example, is a failure before anything left, or a refusal.
 */
export function mayRing(error: unknown): boolean {
  if (error instanceof PlatformRefused) return !isRefusal(error.platformStatus);
  return error instanceof PlatformUnreachable || !(error instanceof GatewayError);
}

// 503 says that the request was not carried out (RFC 9110 §15.6.4); the other 5xx leave it open, and a success without
// an id has placed the call.
function isRefusal(status: number): boolean {
  return (status >= 300 && status < 500) || status === 503;
}
