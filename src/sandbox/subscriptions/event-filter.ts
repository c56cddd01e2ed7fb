import type { Account, Directory, Owner } from '../directory.ts';
import type { PlatformEvent } from '../events.ts';
import { otherExtension, restRefusal } from '../wire/rest-refusal.ts';
import { Router } from '../wire/route.ts';
import { EVENT_KINDS, type EventKind } from './event-catalogue.ts';

/** What a subscription wants to hear. */
export interface EventFilter {
  /** As the subscription shows it and its notifications name it: real ids in the place of `~`. */
  readonly text: string;
  /** Without the query. */
  readonly path: string;
  /** The application permission that it needs; absent for a reminder. */
  readonly permission?: string;
  /** Where it is the reminder that the subscription is about to end. */
  readonly reminder?: Reminder;
}

/** When a subscription reminds of its end. */
export interface Reminder {
  /** How long before the end the first comes. */
  readonly thresholdMs: number;
  readonly intervalMs: number;
}

const REMINDER_PATH = '/restapi/v1.0/subscription/~';
const LONGEST_FILTER = 2_048;
const KINDS = new Router(EVENT_KINDS.map((kind) => ({ method: 'GET', ...kind })));

/**
 * Reads one of a request's `eventFilters`.
 *
 * @param lifetimeMs  of the subscription: the first reminder may come in its second half only
 * @throws Refused  400 SUB-508: there is no such filter; 403 SUB-405, SUB-406, SUB-408, CMN-404: it is about somebody of whom
 *                  the caller may not hear
 */
export function readEventFilter(text: string, caller: Owner, directory: Directory, lifetimeMs: number): EventFilter {
  const [path = '', ...rest] = text.split('?');
  const query = rest.join('?');
  if (text.length > LONGEST_FILTER) throw invalidFilter(text.slice(0, 100));
  if (path === REMINDER_PATH) return { text, path, reminder: readReminder(text, new URLSearchParams(query), lifetimeMs) };
  const found = KINDS.find('GET', path);
  if (found.outcome !== 'found') throw invalidFilter(text);
  checkAccount(found.parameters.accountId, caller.account);
  checkExtension(found.parameters.extensionId, found.target, caller, directory);
  const normal = normalPath(path, caller);
  return { text: query === '' ? normal : `${normal}?${query}`, path: normal, permission: found.target.permission };
}

/**
 * Whether the filter means the event: its path is the event's, and each parameter of its query that the event has an
 * attribute for names it. Parameters of another kind (`detailedTelephonyState`) only ask for more in the body.
 *
 * @param subscriberId  hears of events outside any account only where they are its own
 */
export function meansEvent({ text, path }: Pick<EventFilter, 'text' | 'path'>, event: PlatformEvent, subscriberId: string): boolean {
  if (path !== event.filter) return false;
  if (!path.includes('/account/') && event.ownerId !== subscriberId) return false;
  const query = new URLSearchParams(text.split('?').slice(1).join('?'));
  return Object.entries(event.attributes ?? {}).every(([name, value]) => !query.has(name) || query.getAll(name).includes(value));
}

/** The path with the ids that `~` stands for. */
export function normalPath(path: string, { account, extension }: Owner): string {
  return path.replace(/\/account\/(?:~|%7E)(?=\/|$)/i, `/account/${account.id}`).replace(/\/extension\/(?:~|%7E)(?=\/|$)/i, `/extension/${extension.id}`);
}

function readReminder(text: string, query: URLSearchParams, lifetimeMs: number): Reminder {
  const [thresholdMs, intervalMs] = ['threshold', 'interval'].map((name) => Number(/^[1-9]\d{0,8}$/.exec(query.get(name) ?? '')?.[0] ?? Number.NaN) * 1_000);
  if (thresholdMs === undefined || intervalMs === undefined || !(thresholdMs <= lifetimeMs / 2) || !(intervalMs <= thresholdMs / 2)) throw invalidFilter(text);
  return { thresholdMs, intervalMs };
}

function checkAccount(accountId: string | undefined, own: Account): void {
  if (accountId !== undefined && accountId !== '~' && accountId !== String(own.id))
    throw restRefusal(403, 'SUB-406', 'Not allowed subscribe for events to extensions of other account');
}

function checkExtension(extensionId: string | undefined, kind: EventKind, { account, extension }: Owner, directory: Directory): void {
  if (extensionId === undefined || extensionId === '~' || extensionId === String(extension.id)) return;
  const other = directory.findOwner(extensionId);
  if (!other) throw restRefusal(403, 'SUB-408', 'Not allowed subscribe for unknown user');
  if (other.account.id !== account.id) throw restRefusal(403, 'SUB-406', 'Not allowed subscribe for events to extensions of other account');
  if (extension.mainAdministrator) return;
  throw kind.aboutMessages ? restRefusal(403, 'SUB-405', 'Not allowed subscribe for messages to other extensions') : otherExtension();
}

function invalidFilter(text: string) {
  return restRefusal(400, 'SUB-508', `Invalid event filters: [${text}]`);
}
