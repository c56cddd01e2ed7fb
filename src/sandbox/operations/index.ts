import { AUTHORIZATION_OPERATIONS } from '../authorization/operations.ts';
import type { Operation } from '../wire/operation.ts';
import { ACCOUNT_OPERATIONS } from './account.ts';
import { getApiVersion, listApiVersions } from './api-versions.ts';
import { AUTHZ_PROFILE_OPERATIONS } from './authz-profile.ts';
import { BUSINESS_HOURS_OPERATIONS } from './business-hours.ts';
import { CALL_LOG_OPERATIONS } from './call-log.ts';
import { CLIENT_INFO_OPERATIONS } from './client-info.ts';
import { COMPANY_DIRECTORY_OPERATIONS } from './company-directory.ts';
import { createPagerMessage } from './company-pager.ts';
import { CONTACT_OPERATIONS } from './contacts.ts';
import { DICTIONARY_OPERATIONS } from './dictionaries.ts';
import { PEOPLE_OPERATIONS } from './extension.ts';
import { createFax } from './fax.ts';
import { listFaxCoverPages } from './fax-cover-pages.ts';
import { FORWARDING_NUMBER_OPERATIONS } from './forwarding-numbers.ts';
import { getMessageContent } from './message-content.ts';
import { deleteMessage, deleteMessages, getMessage, listMessages, patchMessage, updateMessage } from './message-store.ts';
import { syncMessages } from './message-sync.ts';
import { NUMBER_POOL_OPERATIONS } from './number-pool.ts';
import { PHONE_NUMBER_OPERATIONS } from './phone-numbers.ts';
import { PRESENCE_OPERATIONS } from './presence.ts';
import { PROFILE_IMAGE_OPERATIONS } from './profile-image.ts';
import { cancelRingOut, createRingOut, getRingOut } from './ring-out.ts';
import { createMms, createSms } from './sms.ts';
import { createSubscription, deleteSubscription, getSubscription, listSubscriptions, renewSubscription, updateSubscription } from './subscription.ts';
import { USER_SETTINGS_OPERATIONS } from './user-settings.ts';

/** Everything of the REST API that the sandbox answers. */
export const OPERATIONS: readonly Operation[] = [
  listApiVersions,
  getApiVersion,
  ...ACCOUNT_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...PROFILE_IMAGE_OPERATIONS,
  ...USER_SETTINGS_OPERATIONS,
  ...BUSINESS_HOURS_OPERATIONS,
  ...AUTHZ_PROFILE_OPERATIONS,
  ...COMPANY_DIRECTORY_OPERATIONS,
  ...PHONE_NUMBER_OPERATIONS,
  ...FORWARDING_NUMBER_OPERATIONS,
  ...NUMBER_POOL_OPERATIONS,
  ...CONTACT_OPERATIONS,
  ...CALL_LOG_OPERATIONS,
  ...PRESENCE_OPERATIONS,
  ...DICTIONARY_OPERATIONS,
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
