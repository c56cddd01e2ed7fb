import type { PlatformRequest } from '../wire/platform-request.ts';
import { badRequest } from './refusal.ts';

/** The parameters of a sign-in by name. */
export type Parameters = ReadonlyMap<string, string>;

const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * Parameters from the query and, where there is one, the form: RingCX's reference says query, its guides say form. One
 * without a value counts as absent.
 *
 * @throws Refused  400: a body that is no form, or a parameter that stands there twice
 */
export function readParameters(request: PlatformRequest, now: number): Parameters {
  if (request.body !== '' && request.mediaType !== FORM_TYPE) throw badRequest(request, now);
  const found = new Map<string, string>();
  for (const [name, value] of [...request.query, ...(request.body === '' ? [] : request.form)]) {
    if (value === '') continue;
    if (found.has(name)) throw badRequest(request, now);
    found.set(name, value);
  }
  return found;
}
