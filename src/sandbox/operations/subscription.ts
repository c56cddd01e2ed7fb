import type { Owner } from '../directory.ts';
import { renderSubscription, type Subscription } from '../subscriptions/subscription.ts';
import { DEFAULT_LIFETIME_MS, readFilters, readLifetime, readWebhook } from '../subscriptions/subscription-request.ts';
import { type Answer, emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { readJsonObject } from '../wire/json-body.ts';
import type { TokenCall, TokenOperation } from '../wire/operation.ts';
import { loginRequired, notFound } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/subscription';
const PARAMETER = 'subscriptionId';
const ONE = `${PATH}/{${PARAMETER}}`;

/** Subscribes a webhook to events; answers once the webhook has shaken hands. */
export const createSubscription: TokenOperation = {
  access: 'token',
  subjects: ['user'],
  method: 'POST',
  path: PATH,
  group: 'Medium',
  answer: async (call) => {
    const caller = callerOf(call);
    const body = readJsonObject(call.request);
    const lifetimeMs = readLifetime(body) ?? DEFAULT_LIFETIME_MS;
    const webhook = readWebhook(call.world, call.app.clientId, body);
    const filters = readFilters(call.world, call.app.clientId, caller, body, lifetimeMs);
    return render(call, await call.world.subscriptions.create({ ...subscriberOf(call), ...filters, webhook, lifetimeMs }));
  },
};

/** The caller's own, through this app. */
export const listSubscriptions: TokenOperation = {
  access: 'token',
  subjects: ['user'],
  method: 'GET',
  path: PATH,
  group: 'Light',
  answer: (call) => {
    const { world } = call;
    const records = world.subscriptions.list(subscriberOf(call)).map((subscription) => renderSubscription(subscription, world.origin, world.now()));
    return jsonAnswer(200, { uri: `${world.origin}${PATH}`, records });
  },
};

/** How it stands. */
export const getSubscription: TokenOperation = {
  access: 'token',
  subjects: ['user'],
  method: 'GET',
  path: ONE,
  group: 'Light',
  answer: (call) => render(call, required(call)),
};

/** Renews it; with a body, with other filters or another lifetime. */
export const updateSubscription: TokenOperation = {
  access: 'token',
  subjects: ['user'],
  method: 'PUT',
  path: ONE,
  group: 'Medium',
  answer: (call) => {
    const subscription = required(call);
    const { world, app, request } = call;
    if (request.body === '') return render(call, world.subscriptions.renew(subscription));
    const body = readJsonObject(request);
    const lifetimeMs = readLifetime(body) ?? subscription.lifetimeMs;
    const isFiltered = body.eventFilters !== undefined && body.eventFilters !== null;
    const filters = isFiltered ? readFilters(world, app.clientId, callerOf(call), body, lifetimeMs) : {};
    return render(call, world.subscriptions.renew(subscription, { ...filters, lifetimeMs }));
  },
};

/** Has it live as long again. */
export const renewSubscription: TokenOperation = {
  access: 'token',
  subjects: ['user'],
  method: 'POST',
  path: `${ONE}/renew`,
  group: 'Light',
  answer: (call) => render(call, call.world.subscriptions.renew(required(call))),
};

/** Ends it. */
export const deleteSubscription: TokenOperation = {
  access: 'token',
  subjects: ['user'],
  method: 'DELETE',
  path: ONE,
  group: 'Medium',
  answer: (call) => {
    call.world.subscriptions.remove(required(call));
    return emptyAnswer(204);
  },
};

function callerOf({ caller }: TokenCall): Owner {
  if (!caller) throw loginRequired();
  return caller;
}

function subscriberOf(call: TokenCall): Pick<Subscription, 'ownerId' | 'clientId'> {
  return { ownerId: String(callerOf(call).extension.id), clientId: call.app.clientId };
}

function required(call: TokenCall): Subscription {
  const subscription = call.world.subscriptions.find(call.parameters[PARAMETER] ?? '', subscriberOf(call));
  if (!subscription) throw notFound(PARAMETER);
  return subscription;
}

function render({ world }: TokenCall, subscription: Subscription): Answer {
  return jsonAnswer(200, renderSubscription(subscription, world.origin, world.now()));
}
