import { expect } from 'vitest';
import type { SandboxOptions } from '../src/sandbox/start.ts';
import { type Outside, outside, type Reply } from './sandbox-world.ts';
import { type Receiver, startReceiver } from './webhook-receiver.ts';

export const SUBSCRIPTION = '/restapi/v1.0/subscription';
export const MESSAGES = '/restapi/v1.0/account/~/extension/~/message-store';
export const MESSAGES_OF_FRONT_DESK = '/restapi/v1.0/account/403140004/extension/403141004/message-store';
export const REMINDER = '/restapi/v1.0/subscription/~?threshold=60&interval=15';
export const WEEK_SECONDS = 604_800;
export const MOST = 30;

export interface Subscribed extends Outside {
  readonly token: string;
  readonly receiver: Receiver;
  subscribe(more?: Readonly<Record<string, unknown>>): Promise<Reply>;
  send(method: string, path: string, body?: unknown): Promise<Reply>;
  /** A message of front-desk's. */
  emit(number: number): Promise<void>;
  /** Resolves when the next thing that the sandbox has to do is due in so many seconds. */
  due(seconds: number): Promise<void>;
}

/** front-desk, signed in, with a receiver of webhooks. */
export async function subscriber(options: SandboxOptions & { readonly limited?: boolean; readonly receiver?: Receiver } = {}): Promise<Subscribed> {
  const { receiver = await startReceiver(), ...rest } = options;
  const world = await outside(rest);
  const { access_token: token } = await world.signIn();
  const deliveryMode = { transportType: 'WebHook', address: `${receiver.origin}/hook?of=mine` };
  return {
    ...world,
    token,
    receiver,
    subscribe: (more = {}) => world.postJson(SUBSCRIPTION, { eventFilters: [MESSAGES], deliveryMode, ...more }, token),
    send: (method, path, body) =>
      world.ask(path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    due: async (seconds) => expect.poll(() => world.clock.sleeping()).toContain(seconds * 1_000),
    emit: (number) => world.sandbox.emitEvent({ filter: MESSAGES, ownerId: '403141004', body: { number } }),
  };
}

export function hook(address: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { deliveryMode: { transportType: 'WebHook', address, ...more } };
}

export function numbersOf(notifications: readonly Record<string, unknown>[]): unknown[] {
  return notifications.map(({ body }) => (body as { number: unknown }).number);
}
