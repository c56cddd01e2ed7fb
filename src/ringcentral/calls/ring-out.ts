import { PlatformRefused } from '../../domain/errors.ts';
import { errorCodeOf, jsonObject, type PlatformAnswer, type PlatformRequest, requireSuccess } from './request.ts';

const RING_OUT_PATH = '/restapi/v1.0/account/~/extension/~/ring-out';

/** A RingOut to be placed; numbers in E.164, or extension numbers. */
export interface RingOutOrder {
  /** Rings first. The schema requires it, the guide lets the user's default number stand in. */
  readonly from?: string;
  readonly to: string;
  /** Shown to the called party; the platform chooses where it is absent. */
  readonly callerId?: string;
  /** Whether the caller must press 1 before the other party is rung. */
  readonly playPrompt: boolean;
}

/**
 * How a RingOut stands, in the platform's words: `InProgress`, `Success`, `Busy`, `NoAnswer`, `Rejected`, `Finished` and
 * more; `callStatus` may also be `CannotReach`. `Invalid`, the platform's own word for an unknown state, where the
 * answer says nothing.
 */
export interface RingOutStatus {
  readonly callStatus: string;
  /** Of the party that is rung first, `from`. */
  readonly callerStatus: string;
  /** Of the party that is rung second, `to`. */
  readonly calleeStatus: string;
}

/** A RingOut as the platform answers it. */
export interface RingOut {
  readonly id: string;
  readonly status: RingOutStatus;
}

/**
 * Places a two-legged call.
 *
 * @see RingCentral "RingOut"; OpenAPI `createRingOutCall`
 */
export function createRingOutRequest(order: RingOutOrder): PlatformRequest {
  return {
    method: 'POST',
    path: RING_OUT_PATH,
    json: {
      ...(order.from !== undefined && { from: { phoneNumber: order.from } }),
      to: { phoneNumber: order.to },
      ...(order.callerId !== undefined && { callerId: { phoneNumber: order.callerId } }),
      playPrompt: order.playPrompt,
    },
    permission: 'RingOut',
    group: 'heavy',
  };
}

/**
 * Asks how a RingOut stands; the platform knows it while the call lasts and shortly after.
 *
 * @param id  as `processRingOutResponse` gave it
 * @see OpenAPI `readRingOutCallStatus`
 */
export function getRingOutRequest(id: string): PlatformRequest {
  return { method: 'GET', path: pathOf(id), permission: 'RingOut', group: 'light' };
}

/**
 * Cancels a RingOut; the platform does so only until the parties are connected.
 *
 * @param id  as `processRingOutResponse` gave it
 * @see OpenAPI `deleteRingOutCall`, which answers 204
 */
export function cancelRingOutRequest(id: string): PlatformRequest {
  return { method: 'DELETE', path: pathOf(id), permission: 'RingOut', group: 'heavy' };
}

/**
 * Judges the answer to placing a RingOut and to asking for its status.
 *
 * @throws PlatformRefused  not a success, or a success without a usable id (its code is then `HTTP nnn`)
 */
export function processRingOutResponse(answer: PlatformAnswer): RingOut {
  const body = jsonObject(requireSuccess(answer).text);
  // The guide's samples show a number, the schema a string.
  const id = typeof body.id === 'number' ? String(body.id) : body.id;
  if (typeof id !== 'string' || !isRingOutId(id)) throw new PlatformRefused(answer.status, errorCodeOf(answer));

  const status: Readonly<Record<string, unknown>> = typeof body.status === 'object' && body.status !== null ? { ...body.status } : {};
  return {
    id,
    status: { callStatus: word(status.callStatus), callerStatus: word(status.callerStatus), calleeStatus: word(status.calleeStatus) },
  };
}

function pathOf(id: string): string {
  if (!isRingOutId(id)) throw new TypeError('This cannot be the id of a RingOut.');
  return `${RING_OUT_PATH}/${encodeURIComponent(id)}`;
}

// A URL parser takes a segment of dots, escaped or not, as a way up: the request would reach the extension itself.
function isRingOutId(id: string): boolean {
  return /^(?!\.+$)[\x21-\x7e]{1,256}$/.test(id);
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : 'Invalid';
}
