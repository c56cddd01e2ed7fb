import { AUTHORIZATION_OPERATIONS } from '../authorization/operations.ts';
import type { Operation } from '../wire/operation.ts';
import { getAccount } from './account.ts';
import { getApiVersion, listApiVersions } from './api-versions.ts';
import { getExtension } from './extension.ts';
import { listForwardingNumbers } from './forwarding-numbers.ts';
import { cancelRingOut, createRingOut, getRingOut } from './ring-out.ts';
import { createSubscription, deleteSubscription, getSubscription, listSubscriptions, renewSubscription, updateSubscription } from './subscription.ts';

/** Everything of the REST API that the sandbox answers. */
export const OPERATIONS: readonly Operation[] = [
  listApiVersions,
  getApiVersion,
  getAccount,
  getExtension,
  listForwardingNumbers,
  createRingOut,
  getRingOut,
  cancelRingOut,
  ...AUTHORIZATION_OPERATIONS,
  createSubscription,
  listSubscriptions,
  getSubscription,
  updateSubscription,
  renewSubscription,
  deleteSubscription,
];
