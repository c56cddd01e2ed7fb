import type { Clock } from '../../runtime/clock.ts';
import type { Fetch } from '../../runtime/fetch.ts';
import type { Log } from '../../runtime/log.ts';
import type { Random } from '../../runtime/random.ts';
import type { Agenda } from '../agenda.ts';
import { Collection } from '../collection.ts';
import type { Events, PlatformEvent } from '../events.ts';
import type { Journal } from '../journal.ts';
import { restRefusal } from '../wire/rest-refusal.ts';
import { randomUuid } from '../wire/uuid.ts';
import { Deliveries } from './deliveries.ts';
import { meansEvent, type Reminder } from './event-filter.ts';
import type { Subscription } from './subscription.ts';
import type { WantedFilters } from './subscription-request.ts';
import { shakeHands, type WebhookWay } from './webhook.ts';

// RingCentral OpenAPI file: 30 for a user with an app.
const MOST_PER_USER_AND_APP = 30;

/** What the subscriptions are made with. */
export interface SubscriptionsParts {
  readonly now: () => number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly agenda: Agenda;
  readonly events: Events;
  /** The way out to the webhooks' endpoints. */
  readonly fetch: Fetch;
}

/** Whose subscriptions are meant. */
type Subscriber = Pick<Subscription, 'ownerId' | 'clientId'>;

/** Every subscription that the platform keeps. A webhook's outlives the session in which it was made. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts;
  readonly #byId: Collection<Subscription>;
  readonly #idsByPath = new Map<string, Set<string>>();
  readonly #deliveries: Deliveries;
  /** By id, for which of its terms a subscription's appointments were made: each renewal begins another. */
  readonly #terms = new Map<string, object>();
  /** Ends what is under way when the world starts anew or closes. */
  #life = new AbortController();

  constructor(parts: SubscriptionsParts) {
    const { now, random, journal, agenda, events, log } = parts;
    this.#parts = parts;
    this.#byId = new Collection('subscription', journal);
    this.#deliveries = new Deliveries({
      now,
      random,
      agenda,
      journal,
      way: () => this.#way(),
      webhookOf: (id) => this.#byId.find(id)?.webhook,
      onGivenUp: (id, reason) => this.#blacklist(id, reason),
      onOverflow: (id) => log.warn('sandbox.webhook_overflow', { subscriptionId: id }),
    });
    events.listen((event) => this.#hear(event));
  }

  /**
   * Makes a subscription, once its endpoint has shaken hands.
   *
   * @throws Refused  403 SUB-505: the user has as many as may be; what `shakeHands` throws
   */
  async create(wanted: Subscriber & WantedFilters & Pick<Subscription, 'webhook' | 'lifetimeMs'>): Promise<Subscription> {
    const { now, random } = this.#parts;
    this.#requireRoom(wanted);
    await shakeHands(this.#way(), wanted.webhook, random);
    // Others may have been made meanwhile.
    this.#requireRoom(wanted);
    return this.#keep({ ...wanted, id: randomUuid(random), createdAt: now(), expiresAt: now() + wanted.lifetimeMs });
  }

  /** @returns nothing where there is none, or it is another's */
  find(id: string, { ownerId, clientId }: Subscriber): Subscription | undefined {
    const subscription = this.#byId.find(id);
    return subscription?.ownerId === ownerId && subscription.clientId === clientId ? subscription : undefined;
  }

  /** A user's, through one app, oldest first. */
  list({ ownerId, clientId }: Subscriber): readonly Subscription[] {
    return this.#byId.list().filter((subscription) => subscription.ownerId === ownerId && subscription.clientId === clientId);
  }

  /** Has it live as long again from now on, or as long as is said; with other filters, if any. */
  renew(subscription: Subscription, changes: Partial<WantedFilters & Pick<Subscription, 'lifetimeMs'>> = {}): Subscription {
    const lifetimeMs = changes.lifetimeMs ?? subscription.lifetimeMs;
    this.#unlist(subscription);
    return this.#keep({ ...subscription, ...changes, lifetimeMs, expiresAt: this.#parts.now() + lifetimeMs });
  }

  remove(subscription: Subscription): void {
    this.#unlist(subscription);
    this.#terms.delete(subscription.id);
    this.#byId.remove(subscription);
    this.#deliveries.forget(subscription.id);
  }

  /** Takes up what a journal held. */
  restore(subscription: Subscription): void {
    this.#byId.restore(subscription);
    this.#watch(subscription);
  }

  reset(): void {
    this.close();
    this.#life = new AbortController();
    this.#byId.reset();
    this.#idsByPath.clear();
    this.#terms.clear();
    this.#deliveries.reset();
  }

  /** Ends every request that is under way. */
  close(): void {
    this.#life.abort();
  }

  #way(): WebhookWay {
    const { fetch, clock } = this.#parts;
    return { fetch, clock, ending: this.#life.signal };
  }

  #requireRoom(subscriber: Subscriber): void {
    if (this.list(subscriber).length >= MOST_PER_USER_AND_APP) throw restRefusal(403, 'SUB-505', 'Subscriptions limit exceeded');
  }

  #keep(subscription: Subscription): Subscription {
    this.#byId.put(subscription);
    this.#watch(subscription);
    return subscription;
  }

  #watch({ id, filters, expiresAt }: Subscription): void {
    const term = {};
    this.#terms.set(id, term);
    for (const { path } of filters) this.#idsByPath.set(path, (this.#idsByPath.get(path) ?? new Set()).add(id));
    this.#inTerm(id, term, expiresAt, (current) => this.remove(current));
    for (const { text, reminder } of filters) if (reminder) this.#remind(id, term, text, reminder, this.#firstReminderAt(reminder, expiresAt));
  }

  #unlist({ id, filters }: Subscription): void {
    for (const { path } of filters) {
      const ids = this.#idsByPath.get(path);
      ids?.delete(id);
      if (ids?.size === 0) this.#idsByPath.delete(path);
    }
  }

  /** Of a subscription that a journal held, the first that is still to come. */
  #firstReminderAt({ thresholdMs, intervalMs }: Reminder, expiresAt: number): number {
    const passed = Math.max(0, Math.ceil((this.#parts.now() - (expiresAt - thresholdMs)) / intervalMs));
    return expiresAt - thresholdMs + passed * intervalMs;
  }

  /** Those that a jump of the clock has missed count as one. */
  #remind(id: string, term: object, text: string, reminder: Reminder, at: number): void {
    this.#inTerm(id, term, at, (current) => {
      const now = this.#parts.now();
      this.#tell(current, text, { expiresIn: Math.max(0, Math.floor((current.expiresAt - now) / 1_000)) });
      const missed = Math.floor((now - at) / reminder.intervalMs);
      this.#remind(id, term, text, reminder, at + (missed + 1) * reminder.intervalMs);
    });
  }

  /** Does it at that time, unless the subscription has been renewed or removed by then. */
  #inTerm(id: string, term: object, at: number, run: (current: Subscription) => void): void {
    this.#parts.agenda.add(at, () => {
      const current = this.#terms.get(id) === term ? this.#byId.find(id) : undefined;
      if (current) run(current);
    });
  }

  #hear(event: PlatformEvent): void {
    for (const id of this.#idsByPath.get(event.filter) ?? []) {
      const subscription = this.#byId.find(id);
      for (const filter of subscription?.filters ?? []) {
        if (subscription && meansEvent(filter, event, subscription.ownerId)) this.#tell(subscription, filter.text, event.body);
      }
    }
  }

  #tell({ id, ownerId, blacklisted }: Subscription, event: string, body: object): void {
    if (!blacklisted) this.#deliveries.send({ event, subscriptionId: id, ownerId, body });
  }

  #blacklist(id: string, reason: string): void {
    const { now, journal, log } = this.#parts;
    const subscription = this.#byId.find(id);
    if (!subscription) return;
    log.warn('sandbox.webhook_blacklisted', { subscriptionId: id, reason });
    this.#byId.put({ ...subscription, blacklisted: { reason, at: now() } });
    // No request waits for this change.
    void journal.durable().catch(() => {});
  }
}
