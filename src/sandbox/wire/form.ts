import { oauthRefusal } from './oauth-refusal.ts';
import type { PlatformRequest } from './platform-request.ts';

/** The parameters of an OAuth request by name. */
export type Form = ReadonlyMap<string, string>;

const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * The body's parameters. One without a value counts as absent: RingCentral's JavaScript SDK sends many such.
 *
 * @throws Refused  415: it is not a form; 400 OAU-111: a parameter stands there twice
 * @see RFC 6749 §3.2
 */
export function readForm(request: PlatformRequest): Form {
  if (request.mediaType !== FORM_TYPE) throw oauthRefusal('invalid_request', 'CMN-103', `The content type must be ${FORM_TYPE}`, { status: 415 });
  const form = new Map<string, string>();
  for (const [name, value] of request.form) {
    if (value === '') continue;
    if (form.has(name)) throw oauthRefusal('invalid_request', 'OAU-111', 'Duplicate request parameter', { parameter: { name, value: '' } });
    form.set(name, value);
  }
  return form;
}
