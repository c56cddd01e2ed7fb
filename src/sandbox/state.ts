import type { Session } from './authorization/session.ts';
import { type RingOut, type RingOutStatus, statusOf } from './calls/ring-out.ts';
import type { App } from './directory.ts';
import type { Fault } from './faults.ts';
import { type Message, messageStatusOf } from './messages/message.ts';
import type { World } from './world.ts';

/** How the sandbox stands: no password, no secret, no token, nothing that a fault would answer. */
export interface SandboxState {
  readonly clock: { readonly now: number; readonly offsetMs: number };
  /** Null is the platform's own. */
  readonly lifetimes: { readonly accessSeconds: number | null; readonly refreshSeconds: number | null };
  readonly limits: { readonly scale: number };
  readonly faults: readonly { readonly match: Fault['match']; readonly times: number; readonly action: Pick<Fault['action'], 'status' | 'delayMs' | 'drop'> }[];
  readonly apps: readonly (Omit<App, 'clientSecret' | 'olderSecrets'> & { readonly isPublic: boolean })[];
  readonly users: readonly {
    readonly ownerId: string;
    readonly accountId: string;
    readonly mainNumber: string;
    readonly extensionNumber: string;
    readonly name: string;
  }[];
  /** Those that are not over. */
  readonly sessions: readonly (Pick<Session, 'id' | 'clientId' | 'startedAt'> & {
    /** Null of a client-credentials session. */
    readonly ownerId: string | null;
    readonly accessExpiresAt: number;
    readonly refreshExpiresAt: number | null;
  })[];
  readonly ringOuts: readonly (RingOut & { readonly status: RingOutStatus })[];
  /** Those of every store, in the order in which they came there; not what is in them. */
  readonly messages: readonly MessageSummary[];
}

type MessageSummary = Pick<Message, 'id' | 'ownerId' | 'type' | 'direction' | 'availability' | 'readStatus' | 'createdAt' | 'leavesAt' | 'attachments'> & {
  readonly from: string | null;
  readonly to: readonly { readonly number: string | null; readonly messageStatus: string; readonly errorCode: string | null }[];
  readonly messageStatus: string;
  readonly pageCount: number | null;
};

/** Tells how the sandbox stands. */
export function stateOf(world: World): SandboxState {
  const { clockOffsetMs, accessSeconds = null, refreshSeconds = null, limitScale } = world.settings.current;
  const now = world.now();
  const { directory } = world;
  return {
    clock: { now, offsetMs: clockOffsetMs },
    lifetimes: { accessSeconds, refreshSeconds },
    limits: { scale: limitScale },
    faults: waitingFaults(world),
    apps: directory.listApps().map(({ clientSecret, olderSecrets: _older, ...app }) => ({ ...app, isPublic: clientSecret === undefined })),
    users: directory.listAccounts().flatMap(({ id, mainNumber }) =>
      directory.extensionsOf({ id }).map(({ id: extensionId, extensionNumber, name }) => ({
        ownerId: String(extensionId),
        accountId: String(id),
        mainNumber,
        extensionNumber,
        name,
      })),
    ),
    sessions: world.sessions.listLive().map(({ id, clientId, subject, startedAt, current }) => ({
      id,
      clientId,
      ownerId: subject.kind === 'user' ? subject.ownerId : null,
      startedAt,
      accessExpiresAt: current.accessExpiresAt,
      refreshExpiresAt: current.refreshExpiresAt ?? null,
    })),
    ringOuts: world.ringOuts.list().map((ringOut) => ({ ...ringOut, status: statusOf(ringOut, now) })),
    messages: world.messages.list().map(summaryOf),
  };
}

/** What is told of a message: not what is in it. */
export function summaryOf(message: Message): MessageSummary {
  const { id, ownerId, type, direction, availability, readStatus, createdAt, leavesAt, attachments, from, to, fax } = message;
  return {
    ...{ id, ownerId, type, direction, availability, readStatus, createdAt, leavesAt, attachments },
    from: from.phoneNumber ?? from.extensionNumber ?? null,
    to: to.map(({ phoneNumber, extensionNumber, messageStatus, faxErrorCode, deliveryErrorCode }) => ({
      number: phoneNumber ?? extensionNumber ?? null,
      messageStatus,
      errorCode: faxErrorCode ?? deliveryErrorCode ?? null,
    })),
    messageStatus: messageStatusOf(message),
    pageCount: fax?.pageCount ?? null,
  };
}

/** The faults that wait for a request, without what they would answer: that may hold anything. */
export function waitingFaults({ faults }: World): SandboxState['faults'] {
  return faults.list().map(({ match, times, action: { headers: _headers, body: _body, ...action } }) => ({ match, times, action }));
}
