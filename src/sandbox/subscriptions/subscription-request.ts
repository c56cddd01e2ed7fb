import { isControlPath } from '../control-path.ts';
import type { Owner } from '../directory.ts';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { isLoopback } from '../wire/loopback.ts';
import { invalidParameter, permissionMissing, restRefusal } from '../wire/rest-refusal.ts';
import type { World } from '../world.ts';
import { type EventFilter, readEventFilter } from './event-filter.ts';
import type { Webhook } from './subscription.ts';

// Seven days where a request does not say, as users of the platform have found; ten years at most (OpenAPI file).
const DEFAULT_SECONDS = 604_800;
const LONGEST_SECONDS = 315_360_000;
// The platform's figures are not known; these are for a request's sake only.
const MOST_FILTERS = 10_000;
const LONGEST_ADDRESS = 2_048;
const VERIFICATION_TOKEN = /^[\x21-\x7e]{1,255}$/;

/** What is to be heard. */
export interface WantedFilters {
  readonly filters: readonly EventFilter[];
  readonly disabledFilters: readonly EventFilter[];
}

/** How long a subscription is to live: `expiresIn`, cut to ten years. @throws Refused 400 CMN-101 */
export function readLifetime({ expiresIn }: JsonObject): number | undefined {
  if (expiresIn === undefined || expiresIn === null) return undefined;
  if (typeof expiresIn !== 'number' || !Number.isInteger(expiresIn) || expiresIn < 1) throw invalidParameter('expiresIn');
  return Math.min(expiresIn, LONGEST_SECONDS) * 1_000;
}

/** The lifetime of a subscription that asks for none. */
export const DEFAULT_LIFETIME_MS = DEFAULT_SECONDS * 1_000;

/**
 * Reads `eventFilters`. A filter for which the app lacks the permission is set aside; where that is all of them, the
 * request is refused.
 *
 * @throws Refused  400: CMN-101, SUB-508 (no such filter), SUB-515 (nothing but the reminder); 403: a permission is missing
 *                  for every filter, or they are about somebody else
 */
export function readFilters(world: World, clientId: string, caller: Owner, { eventFilters }: JsonObject, lifetimeMs: number): WantedFilters {
  if (!Array.isArray(eventFilters) || eventFilters.length === 0 || eventFilters.length > MOST_FILTERS) throw invalidParameter('eventFilters');
  const read = new Map<string, EventFilter>();
  for (const text of eventFilters as unknown[]) {
    if (typeof text !== 'string' || text === '') throw invalidParameter('eventFilters');
    const filter = readEventFilter(text, caller, world.directory, lifetimeMs);
    read.set(filter.text, filter);
  }
  const wanted = [...read.values()];
  if (wanted.every(({ reminder }) => reminder)) throw restRefusal(400, 'SUB-515', 'Subscription containing only reminder filter is not allowed');
  const isPermitted = ({ permission }: EventFilter) => permission === undefined || world.directory.isPermitted(clientId, permission);
  const filters = wanted.filter(isPermitted);
  const disabledFilters = wanted.filter((filter) => !isPermitted(filter));
  if (filters.every(({ reminder }) => reminder)) throw permissionMissing(disabledFilters[0]?.permission ?? '');
  return { filters, disabledFilters };
}

/**
 * Reads `deliveryMode`. Plain HTTP is taken for this machine only, where a developer's receiver runs.
 *
 * @throws Refused  400: CMN-101, SUB-523 (HTTPS is required); 403 SUB-528: the app may not have webhooks
 */
export function readWebhook(world: World, clientId: string, { deliveryMode }: JsonObject): Webhook {
  if (!isJsonObject(deliveryMode)) throw invalidParameter('deliveryMode');
  // PubNub has ended, and WebSocket subscriptions are made within the socket's own session.
  if (deliveryMode.transportType !== 'WebHook') throw invalidParameter('deliveryMode.transportType');
  if (!world.directory.isPermitted(clientId, 'SubscriptionWebhook'))
    throw restRefusal(403, 'SUB-528', '[SubscriptionWebhook] application permission is required for [WebHook] transport', {
      about: { permissionName: 'SubscriptionWebhook' },
    });
  const address = readAddress(deliveryMode.address, world.origin);
  const { verificationToken } = deliveryMode;
  if (verificationToken === undefined || verificationToken === null) return { address };
  if (typeof verificationToken !== 'string' || !VERIFICATION_TOKEN.test(verificationToken)) throw invalidParameter('deliveryMode.verificationToken');
  return { address, verificationToken };
}

function readAddress(text: unknown, origin: string): string {
  if (typeof text !== 'string' || text.length > LONGEST_ADDRESS || !URL.canParse(text)) throw invalidParameter('deliveryMode.address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw invalidParameter('deliveryMode.address');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) throw restRefusal(400, 'SUB-523', 'HTTPS is required');
  // Whoever may subscribe shall not thereby move the clock.
  if (isLoopback(url.hostname) && url.port === new URL(origin).port && isControlPath(url.pathname)) throw invalidParameter('deliveryMode.address');
  return text;
}
