import { AUTHORIZATION_OPERATIONS } from '../authorization/operations.ts';
import type { Operation } from '../wire/operation.ts';
import { getAccount } from './account.ts';
import { getApiVersion, listApiVersions } from './api-versions.ts';
import { createPagerMessage } from './company-pager.ts';
import { getExtension } from './extension.ts';
import { createFax } from './fax.ts';
import { listFaxCoverPages } from './fax-cover-pages.ts';
import { listForwardingNumbers } from './forwarding-numbers.ts';
import { getMessageContent } from './message-content.ts';
import { deleteMessage, deleteMessages, getMessage, listMessages, patchMessage, updateMessage } from './message-store.ts';
import { syncMessages } from './message-sync.ts';
import { cancelRingOut, createRingOut, getRingOut } from './ring-out.ts';
import { createMms, createSms } from './sms.ts';
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
  createFax,
  listFaxCoverPages,
  createSms,
  createMms,
  createPagerMessage,
  listMessages,
  deleteMessages,
  getMessage,
  updateMessage,
  patchMessage,
  deleteMessage,
  getMessageContent,
  syncMessages,
];
