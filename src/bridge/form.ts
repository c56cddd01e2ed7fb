import { BridgeRefused } from './refusal.ts';

/** The parameters of an OAuth request by name. */
export type Form = ReadonlyMap<string, string>;

const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * The body's parameters. One without a value counts as absent: SDKs send many such.
 *
 * @param contentType  the header, as it came
 * @throws BridgeRefused  415: it is not a form; OAU-111: a parameter stands there twice
 * @see RFC 6749 §3.2
 */
export function readForm(contentType: string | undefined, body: string): Form {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== FORM_TYPE)
    throw new BridgeRefused('invalid_request', 'CMN-103', `The content type must be ${FORM_TYPE}`, { status: 415 });
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (value === '') continue;
    if (form.has(name)) throw new BridgeRefused('invalid_request', 'OAU-111', 'Duplicate request parameter', { parameter: { name, value: '' } });
    form.set(name, value);
  }
  return form;
}
