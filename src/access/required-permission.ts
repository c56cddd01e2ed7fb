import { NO_PERMISSION, type PolicyQuestion } from '../domain/policy.ts';
import type { Operation } from '../ringcentral/facts/operations.ts';

// Their bodies say what somebody wants to be told of, which nobody reads on the way: a Client that may place calls only
// would get other people's messages sent to it. RingCentral asks an App for one of these ("Permissions").
const SUBSCRIBING = ['SubscriptionWebhook', 'WebSocketsSubscriptions'];
const SUBSCRIPTION = /^\/(restapi\/v1\.0\/subscription|webinar\/notifications\/v1\/subscriptions)(\/|$)/;
const BEGINS = new Set(['POST', 'PUT']);

/**
 * Which Permission a Policy must list for an operation: the one that the platform asks an App for.
 *
 * @param operation  nothing where RingCentral describes none: then no list of Permissions allows it, because nobody knows
 *                   what it does. All of RingCX is such, whose rights are its own: `paths` are the rules for it
 */
export function requiredPermission(operation: Operation | undefined): PolicyQuestion['permission'] {
  if (!operation) return undefined;
  if (operation.permission === undefined && BEGINS.has(operation.method) && SUBSCRIPTION.test(operation.path)) return SUBSCRIBING;
  return operation.permission ?? NO_PERMISSION;
}
