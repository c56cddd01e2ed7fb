/** A call of two legs: first the caller's phone, then the called party's. */
export interface RingOut {
  readonly id: string;
  /** The extension's id. */
  readonly ownerId: string;
  /** E.164, or an extension number. */
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
}

/** The states of both legs and of the call, by the names that the platform has for them. */
export interface RingOutStatus {
  readonly callStatus: 'InProgress' | 'Success' | 'CannotReach';
  readonly callerStatus: LegStatus;
  readonly calleeStatus: LegStatus;
}

type LegFailure = 'Busy' | 'NoAnswer' | 'Rejected' | 'GenericError' | 'DestinationBlocked' | 'InternationalDisabled';
export type LegStatus = 'InProgress' | 'Success' | 'Finished' | LegFailure;

const CALLER_ANSWERS_MS = 2_000;
const CALLEE_ANSWERS_MS = 4_000;
const NO_ANSWER_MS = 20_000;
const FINISHED_MS = 60_000;
const GONE_MS = 70_000;
/** The ages at which a call's state may change, lowest first. */
export const CHANGE_AGES_MS: readonly number[] = [0, CALLER_ANSWERS_MS, CALLEE_ANSWERS_MS, NO_ANSWER_MS, FINISHED_MS];

// What a number does is in its last four digits, so that a test says what it wants by the number that it dials.
const FAILURES: ReadonlyMap<string, LegFailure> = new Map([
  ['0001', 'Busy'],
  ['0002', 'NoAnswer'],
  ['0003', 'Rejected'],
  ['0004', 'GenericError'],
  ['0005', 'DestinationBlocked'],
  ['0006', 'InternationalDisabled'],
]);

/**
 * How the call stands; all its times count from its start.
 *
 * Where the caller's leg fails the other is never dialled: a client of the old service saw a generic error on it then.
 *
 * @see RingCentral "RingOut", state diagrams: a callee that is busy gives Success, Busy, CannotReach
 */
export function statusOf(ringOut: RingOut, now: number): RingOutStatus {
  const ageMs = now - ringOut.startedAt;
  const callerStatus = legStatus(ringOut.from, CALLER_ANSWERS_MS, ageMs);
  if (isFailure(callerStatus)) return { callStatus: 'CannotReach', callerStatus, calleeStatus: 'GenericError' };
  if (callerStatus === 'InProgress') return { callStatus: 'InProgress', callerStatus, calleeStatus: 'InProgress' };
  const calleeStatus = legStatus(ringOut.to, CALLEE_ANSWERS_MS, ageMs);
  const callStatus = isFailure(calleeStatus) ? 'CannotReach' : calleeStatus === 'InProgress' ? 'InProgress' : 'Success';
  return { callStatus, callerStatus, calleeStatus };
}

/** When the call is over: nobody is on the line any more. */
export function endOf({ from, startedAt }: RingOut): number {
  const failure = failureOf(from);
  return startedAt + (failure === undefined ? FINISHED_MS : failure === 'NoAnswer' ? NO_ANSWER_MS : CALLER_ANSWERS_MS);
}

/** When the caller answers, and when the called party; nothing of one who does not. */
export function answersOf({ from, to, startedAt }: RingOut): { readonly callerAt?: number; readonly calleeAt?: number } {
  if (failureOf(from) !== undefined) return {};
  return { callerAt: startedAt + CALLER_ANSWERS_MS, ...(failureOf(to) === undefined && { calleeAt: startedAt + CALLEE_ANSWERS_MS }) };
}

/** What the called party's phone does; nothing while it is silent. A busy one, or one that cannot be reached, never rings. */
export function calleePhoneAt(ringOut: RingOut, at: number): 'Ringing' | 'CallConnected' | undefined {
  const { callerAt } = answersOf(ringOut);
  const endedAt = endOf(ringOut);
  const outcome = statusOf(ringOut, endedAt).calleeStatus;
  const rings = outcome === 'Finished' || outcome === 'NoAnswer';
  if (callerAt === undefined || at < callerAt || at >= endedAt || !rings) return undefined;
  const { calleeStatus } = statusOf(ringOut, at);
  if (calleeStatus === 'InProgress') return 'Ringing';
  return calleeStatus === 'Success' ? 'CallConnected' : undefined;
}

/** Whether the platform has forgotten the call. */
export function isGone({ startedAt }: RingOut, now: number): boolean {
  return now - startedAt >= GONE_MS;
}

function legStatus(number: string, answersMs: number, ageMs: number): LegStatus {
  const failure = failureOf(number);
  if (ageMs < (failure === 'NoAnswer' ? NO_ANSWER_MS : answersMs)) return 'InProgress';
  return failure ?? (ageMs < FINISHED_MS ? 'Success' : 'Finished');
}

function failureOf(number: string): LegFailure | undefined {
  return FAILURES.get(number.slice(-4));
}

function isFailure(status: LegStatus): status is LegFailure {
  return status !== 'InProgress' && status !== 'Success' && status !== 'Finished';
}
