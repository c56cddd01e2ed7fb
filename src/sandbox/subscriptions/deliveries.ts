import type { Random } from '../../runtime/random.ts';
import type { Agenda } from '../agenda.ts';
import type { Journal } from '../journal.ts';
import { randomUuid } from '../wire/uuid.ts';
import type { Webhook } from './subscription.ts';
import { deliver, type WebhookWay } from './webhook.ts';

// The platform's own pace is not known. Four attempts, by the sandbox's clock; then the endpoint counts as dead.
const RETRY_AFTER_MS: readonly number[] = [5_000, 30_000, 120_000];
// An endpoint that is slower than its events for long loses the newest, never the memory of the machine.
const LONGEST_QUEUE = 1_000;

/** What is told of an event. */
export interface Notification {
  /** The filter that meant it. */
  readonly event: string;
  readonly subscriptionId: string;
  /** Whose subscription it is. */
  readonly ownerId: string;
  readonly body: object;
}

/** What the deliveries are made with. */
export interface DeliveriesParts {
  readonly now: () => number;
  readonly random: Random;
  readonly agenda: Agenda;
  readonly journal: Journal;
  /** For requests that start now. */
  readonly way: () => WebhookWay;
  /** Where a subscription's notifications go; nothing where they go nowhere any more. */
  readonly webhookOf: (subscriptionId: string) => Webhook | undefined;
  /** The endpoint has failed too often. */
  readonly onGivenUp: (subscriptionId: string, reason: string) => void;
  readonly onOverflow: (subscriptionId: string) => void;
}

interface Queue {
  /** As they will be sent, oldest first. */
  readonly waiting: string[];
  /** Of the first. */
  failures: number;
  /** `sending`: a request is under way; `paused`: an appointment will go on. */
  state: 'idle' | 'sending' | 'paused';
}

/**
 * Takes notifications to their endpoints: one at a time and in their order for a subscription, so that a slow endpoint
 * keeps nobody waiting but itself.
 *
 * Queue states: idle -> sending (something waits) -> idle (delivered, nothing waits) or paused (failed) -> sending (its
 * time has come); a queue whose endpoint is given up, or whose subscription is gone, is forgotten from any of them.
 */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #queues = new Map<string, Queue>();

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  send({ event, subscriptionId, ownerId, body }: Notification): void {
    const { now, random, onOverflow } = this.#parts;
    const queue: Queue = this.#queues.get(subscriptionId) ?? { waiting: [], failures: 0, state: 'idle' };
    this.#queues.set(subscriptionId, queue);
    if (queue.waiting.length >= LONGEST_QUEUE) {
      onOverflow(subscriptionId);
      return;
    }
    queue.waiting.push(JSON.stringify({ uuid: randomUuid(random), event, timestamp: new Date(now()).toISOString(), subscriptionId, ownerId, body }));
    if (queue.state === 'idle') void this.#work(subscriptionId, queue);
  }

  /** Nothing more goes to this subscription's endpoint. */
  forget(subscriptionId: string): void {
    this.#queues.delete(subscriptionId);
  }

  reset(): void {
    this.#queues.clear();
  }

  async #work(subscriptionId: string, queue: Queue): Promise<void> {
    queue.state = 'sending';
    for (let first = queue.waiting[0]; first !== undefined; first = queue.waiting[0]) {
      // Nobody hears of what a crash could still undo.
      await this.#parts.journal.durable().catch(() => {});
      const webhook = this.#isCurrent(subscriptionId, queue) ? this.#parts.webhookOf(subscriptionId) : undefined;
      if (!webhook) return this.forget(subscriptionId);
      const way = this.#parts.way();
      const failure = await deliver(way, webhook, first);
      if (way.ending.aborted || !this.#isCurrent(subscriptionId, queue)) return;
      if (failure !== undefined) return this.#afterFailure(subscriptionId, queue, failure);
      queue.waiting.shift();
      queue.failures = 0;
    }
    queue.state = 'idle';
  }

  #afterFailure(subscriptionId: string, queue: Queue, reason: string): void {
    const { agenda, now, onGivenUp } = this.#parts;
    const pauseMs = RETRY_AFTER_MS[queue.failures];
    if (pauseMs === undefined) {
      this.forget(subscriptionId);
      onGivenUp(subscriptionId, reason);
      return;
    }
    queue.failures += 1;
    queue.state = 'paused';
    agenda.add(now() + pauseMs, () => {
      if (this.#isCurrent(subscriptionId, queue)) void this.#work(subscriptionId, queue);
    });
  }

  #isCurrent(subscriptionId: string, queue: Queue): boolean {
    return this.#queues.get(subscriptionId) === queue;
  }
}
