import { AUTHORIZATION_OPERATIONS } from '../authorization/operations.ts';
import type { Operation } from '../wire/operation.ts';
import { getApiVersion, listApiVersions } from './api-versions.ts';
import { AUTHZ_PROFILE_OPERATIONS } from './authz-profile.ts';
import { CALL_LOG_OPERATIONS } from './call-log.ts';
import { CLIENT_INFO_OPERATIONS } from './client-info.ts';
import { createPagerMessage } from './company-pager.ts';
import { createFax } from './fax.ts';
import { listFaxCoverPages } from './fax-cover-pages.ts';
import { getMessageContent } from './message-content.ts';
import { deleteMessage, deleteMessages, getMessage, listMessages, patchMessage, updateMessage } from './message-store.ts';
import { syncMessages } from './message-sync.ts';
import { cancelRingOut, createRingOut, getRingOut } from './ring-out.ts';
import { createMms, createSms } from './sms.ts';
import { createSubscription, deleteSubscription, getSubscription, listSubscriptions, renewSubscription, updateSubscription } from './subscription.ts';

/** Those that need neither schemas nor the list of the world's countries, which take longer to load than all the rest of the sandbox. */
export const QUICK_OPERATIONS: readonly Operation[] = [
  listApiVersions,
  getApiVersion,
  ...AUTHZ_PROFILE_OPERATIONS,
  ...CALL_LOG_OPERATIONS,
  ...CLIENT_INFO_OPERATIONS,
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
