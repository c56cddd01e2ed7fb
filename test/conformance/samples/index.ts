import { AUTHORIZATION_SAMPLES } from './authorization.ts';
import { CALL_SAMPLES } from './calls.ts';
import { CONTACT_SAMPLES } from './contacts.ts';
import { DICTIONARY_SAMPLES } from './dictionaries.ts';
import { MESSAGE_SAMPLES } from './messages.ts';
import { NUMBER_SAMPLES } from './numbers.ts';
import { PEOPLE_SAMPLES } from './people.ts';
import type { Samples } from './sample.ts';
import { SETTINGS_SAMPLES } from './settings.ts';
import { SUBSCRIPTION_SAMPLES } from './subscriptions.ts';

/**
 * For each operation of the sandbox's, requests that are like those that programs send. An operation that is new goes into
 * the file of its area, or among `NOT_SAMPLED` with the reason.
 */
export const SAMPLES: Samples = {
  ...AUTHORIZATION_SAMPLES,
  ...CALL_SAMPLES,
  ...CONTACT_SAMPLES,
  ...DICTIONARY_SAMPLES,
  ...MESSAGE_SAMPLES,
  ...NUMBER_SAMPLES,
  ...PEOPLE_SAMPLES,
  ...SETTINGS_SAMPLES,
  ...SUBSCRIPTION_SAMPLES,
};

/** Operations without a sample, each with the reason. */
export const NOT_SAMPLED: Readonly<Record<string, string>> = {};
