import { AnswerFault } from '../../domain/network-fault.ts';

/**
 * What went wrong with a request.
 *
 * - `away`: the circuit breaker is open; `retryAfterMs` says for how long
 * - `crowded`: too many requests wait for a socket, or this one waited too long
 * - `closing`: the gateway is going down
 * - `unreachable`: no connection could be made (`cause` says why), or not in time
 * - `silent`: connected, but no answer, no more of the body, or nothing taken from us, for too long
 * - `closed`: the other side closed the connection before the answer was whole
 * - `unusable`: what it sent is not an HTTP/1.1 answer that can be trusted to end where it says
 * - `source`: the stream that the body of the request came from failed or ended early
 * - `aborted`: whoever made the request has no more use for it
 */
export type UpstreamFaultKind = 'away' | 'crowded' | 'closing' | 'unreachable' | 'silent' | 'closed' | 'unusable' | 'source' | 'aborted';

/** Why a request to an upstream has no answer, or only part of one. */
export class UpstreamFault extends Error {
  readonly kind: UpstreamFaultKind;
  /** `nothing`: not one byte of the request left, so that it was certainly not acted on. `maybe`: it may have been. */
  readonly sent: 'nothing' | 'maybe';
  /** Whether `onHead` was called: what comes now can only be cut off. */
  readonly answered: boolean;
  /** Whether the socket had served another request before: it may have been closed from the other side at the same moment. */
  readonly reused: boolean;
  /** Whether the body's stream was touched; if not, it can be sent with another request. */
  readonly bodyTouched: boolean;
  /** Milliseconds after which a new try makes sense; with `away` only. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: UpstreamFaultKind, message: string, state: FaultState, more: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'UpstreamFault';
    this.kind = kind;
    this.sent = state.sent;
    this.answered = state.answered;
    this.reused = state.reused;
    this.bodyTouched = state.bodyTouched;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** How far a request had come. */
export interface FaultState {
  readonly sent: 'nothing' | 'maybe';
  readonly answered: boolean;
  readonly reused: boolean;
  readonly bodyTouched: boolean;
}

/** The state of a request that never met a socket. */
export const NOTHING_SENT: FaultState = { sent: 'nothing', answered: false, reused: false, bodyTouched: false };

/** What is wrong with the bytes of an answer; its message follows an origin and a colon. */
export class AnswerUnusable extends AnswerFault {
  constructor(what: string) {
    super(`its answer is not usable HTTP (${what}); check what stands between`);
    this.name = 'AnswerUnusable';
  }
}
