import type { Agenda } from '../agenda.ts';
import type { Directory } from '../directory.ts';
import type { Events } from '../events.ts';
import { CHANGE_AGES_MS, type RingOut, statusOf } from './ring-out.ts';

/** How the user's party of a call stands, and why it ended. */
interface PartyStatus {
  readonly code: 'Setup' | 'Proceeding' | 'Answered' | 'Disconnected';
  readonly reason?: string;
}

const REASONS: Readonly<Record<string, string>> = {
  Busy: 'TargetBusy',
  NoAnswer: 'NoAnswer',
  Rejected: 'Rejected',
  GenericError: 'InternalError',
  DestinationBlocked: 'DestinationBlocked',
  InternationalDisabled: 'InternationalDisabled',
};

// As the platform's samples name them; ids of calls end in the same address.
const SERVER_ID = '10.62.24.238.SBX';

/** What the events of calls are made with. */
export interface CallEventsParts {
  readonly agenda: Agenda;
  readonly events: Events;
  readonly directory: Directory;
}

/** Says how calls go on, to those who subscribe to the telephony sessions of their user or account. */
export class CallEvents {
  readonly #parts: CallEventsParts;
  /** The ids of calls of which there is something left to tell. */
  readonly #followed = new Set<string>();

  constructor(parts: CallEventsParts) {
    this.#parts = parts;
  }

  /** A call has been placed. */
  begin(ringOut: RingOut): void {
    this.#tell(ringOut, ringOut.startedAt, { code: 'Setup' }, 1);
    this.follow(ringOut);
  }

  /** Its user has ended it before the two were connected. */
  cancel(ringOut: RingOut): void {
    const now = this.#parts.agenda.now();
    const past = changesOf(ringOut).filter(({ at }) => at <= now);
    if (this.#followed.delete(ringOut.id)) this.#tell(ringOut, now, { code: 'Disconnected', reason: 'Cancelled' }, past.length + 1);
  }

  /** Tells what is still to come, unless the call is cancelled before. */
  follow(ringOut: RingOut): void {
    const { agenda } = this.#parts;
    const changes = changesOf(ringOut);
    changes.forEach(({ at, status }, index) => {
      if (at <= agenda.now()) return;
      this.#followed.add(ringOut.id);
      agenda.add(at, () => {
        if (this.#followed.has(ringOut.id)) this.#tell(ringOut, at, status, index + 1);
        if (index === changes.length - 1) this.#followed.delete(ringOut.id);
      });
    });
  }

  reset(): void {
    this.#followed.clear();
  }

  #tell(ringOut: RingOut, at: number, status: PartyStatus, sequence: number): void {
    const { events, directory } = this.#parts;
    const owner = directory.findOwner(ringOut.ownerId);
    if (!owner) return;
    const account = `/restapi/v1.0/account/${owner.account.id}`;
    const body = bodyOf(ringOut, String(owner.account.id), at, status, sequence);
    const attributes = { direction: 'Outbound', statusCode: status.code, phoneNumber: ringOut.to, missedCall: 'false', withRecordings: 'false' };
    for (const filter of [`${account}/extension/${ringOut.ownerId}/telephony/sessions`, `${account}/telephony/sessions`])
      events.emit({ filter, attributes, ownerId: ringOut.ownerId, body });
  }
}

interface Change {
  readonly at: number;
  readonly status: PartyStatus;
}

/** Its changes, oldest first: once it is over there are no more. */
function changesOf(ringOut: RingOut): readonly Change[] {
  const states = CHANGE_AGES_MS.map((ageMs) => ({ at: ringOut.startedAt + ageMs, status: partyStatusAt(ringOut, ringOut.startedAt + ageMs) }));
  return states.filter(({ status }, index) => status.code !== states[index - 1]?.status.code);
}

function partyStatusAt(ringOut: RingOut, now: number): PartyStatus {
  const { callerStatus, calleeStatus } = statusOf(ringOut, now);
  const reason = REASONS[callerStatus] ?? REASONS[calleeStatus];
  if (reason !== undefined) return { code: 'Disconnected', reason };
  if (callerStatus === 'InProgress') return { code: 'Setup' };
  if (calleeStatus === 'InProgress') return { code: 'Proceeding' };
  return calleeStatus === 'Finished' ? { code: 'Disconnected', reason: 'CallFinished' } : { code: 'Answered' };
}

/** @see RingCentral "Extension Telephony Sessions Event" */
function bodyOf({ id, ownerId, from, to }: RingOut, accountId: string, at: number, status: PartyStatus, sequence: number): object {
  const session = Buffer.from(id, 'base64').toString().split('@')[0] ?? id;
  return {
    sequence,
    sessionId: session.replace(/\D/g, ''),
    telephonySessionId: id,
    serverId: SERVER_ID,
    eventTime: new Date(at).toISOString(),
    accountId,
    extensionId: ownerId,
    parties: [
      {
        accountId,
        extensionId: ownerId,
        id: `${session}-1`,
        direction: 'Outbound',
        to: { phoneNumber: to },
        from: { phoneNumber: from, extensionId: ownerId },
        status,
        missedCall: false,
        standAlone: false,
        muted: false,
        queueCall: false,
      },
    ],
    origin: { type: 'RingOut' },
  };
}
