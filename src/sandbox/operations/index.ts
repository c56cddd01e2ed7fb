import type { Operation } from '../wire/operation.ts';
import { ACCOUNT_OPERATIONS } from './account.ts';
import { BUSINESS_HOURS_OPERATIONS } from './business-hours.ts';
import { COMPANY_DIRECTORY_OPERATIONS } from './company-directory.ts';
import { CONTACT_OPERATIONS } from './contacts.ts';
import { DICTIONARY_OPERATIONS } from './dictionaries.ts';
import { PEOPLE_OPERATIONS } from './extension.ts';
import { FORWARDING_NUMBER_OPERATIONS } from './forwarding-numbers.ts';
import { NUMBER_POOL_OPERATIONS } from './number-pool.ts';
import { PHONE_NUMBER_OPERATIONS } from './phone-numbers.ts';
import { PRESENCE_OPERATIONS } from './presence.ts';
import { PROFILE_IMAGE_OPERATIONS } from './profile-image.ts';
import { QUICK_OPERATIONS } from './quick.ts';
import { USER_SETTINGS_OPERATIONS } from './user-settings.ts';

/** Everything of the REST API that the sandbox answers. */
export const OPERATIONS: readonly Operation[] = [
  ...QUICK_OPERATIONS,
  ...COMPANY_DIRECTORY_OPERATIONS,
  ...PROFILE_IMAGE_OPERATIONS,
  ...PHONE_NUMBER_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...USER_SETTINGS_OPERATIONS,
  ...BUSINESS_HOURS_OPERATIONS,
  ...FORWARDING_NUMBER_OPERATIONS,
  ...NUMBER_POOL_OPERATIONS,
  ...CONTACT_OPERATIONS,
  ...PRESENCE_OPERATIONS,
  ...DICTIONARY_OPERATIONS,
];
