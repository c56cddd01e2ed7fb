import type { EventFilter } from './event-filter.ts';

/** A standing order of a user, through an app, to be told what happens. */
export interface Subscription {
  /** A UUID. */
  readonly id: string;
  /** The extension's id. */
  readonly ownerId: string;
  readonly clientId: string;
  readonly filters: readonly EventFilter[];
  /** Filters that were asked for, but that the app lacks the permission for. */
  readonly disabledFilters: readonly EventFilter[];
  readonly webhook: Webhook;
  readonly createdAt: number;
  readonly lifetimeMs: number;
  readonly expiresAt: number;
  /** Present once its endpoint has failed too often; nothing is delivered any more. */
  readonly blacklisted?: { readonly reason: string; readonly at: number };
}

/** Where notifications go. */
export interface Webhook {
  readonly address: string;
  /** Sent with each, so that the receiver knows the sender. */
  readonly verificationToken?: string;
}

/** What a subscription's user is told about it, in the platform's `SubscriptionInfo`. */
export function renderSubscription(subscription: Subscription, origin: string, now: number): object {
  const { id, filters, disabledFilters, webhook, createdAt, expiresAt, blacklisted } = subscription;
  return {
    uri: `${origin}/restapi/v1.0/subscription/${id}`,
    id,
    creationTime: new Date(createdAt).toISOString(),
    status: blacklisted ? 'Blacklisted' : 'Active',
    eventFilters: filters.map(({ text }) => text),
    ...(disabledFilters.length > 0 && { disabledFilters: disabledFilters.map(renderDisabled) }),
    expirationTime: new Date(expiresAt).toISOString(),
    expiresIn: Math.max(1, Math.floor((expiresAt - now) / 1_000)),
    deliveryMode: { transportType: 'WebHook', encryption: false, address: webhook.address },
    ...(blacklisted && { blacklistedData: { reason: blacklisted.reason, blacklistedAt: new Date(blacklisted.at).toISOString() } }),
  };
}

function renderDisabled({ text, permission }: EventFilter): object {
  return { filter: text, reason: 'CMN-401', message: `In order to subscribe to this event, application needs to have [${permission}] permission` };
}
