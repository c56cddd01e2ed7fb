import { type CountryCode, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

export type { CountryCode };

// No number that a person writes is longer, and what follows looks at every character.
const LONGEST_TEXT = 64;
// E.164 allows 15 digits after the plus sign. The shortest numbers in use have 7 with their country code; fewer after
// a plus sign are a service number such as 911, which has no place there.
const E164_DIGITS = /^[1-9]\d{6,14}$/;
const EXTENSION_DIGITS = /^\d{3,6}$/;
const NORTH_AMERICAN_CODE = '1';

/** Whether `text` is the two-letter code of a country whose numbers can be read. */
export function isCountryCode(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

/**
 * A number as a person or an old program writes it, in the form RingCentral takes: E.164, or an extension as it is.
 *
 * Spaces, brackets, dots, hyphens and slashes do not count. A plus sign in front, or North America's `011`, means that
 * the country code follows; 3 to 6 digits are an extension; anything else is read in `country`'s own way: in North
 * America 10 digits get `+1`, all others a plus sign only. A form decoder turns an unescaped `+` into a space, so a
 * space in front counts as a plus sign where that makes a number that exists, and else as a stray space.
 *
 * @returns nothing where there is something else than that, too few digits, or more than E.164 allows
 */
export function toDialable(text: string, country: CountryCode): string | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const trimmed = text.trim();
  const unsigned = trimmed.replace(/^\(?\+/, '');
  if (!/^[\d\s().\-/]+$/.test(unsigned)) return undefined;

  const digits = unsigned.replace(/\D/g, '');
  if (unsigned !== trimmed) return e164(digits);
  if (text.startsWith(' ') && isAssigned(digits)) return e164(digits);
  if (EXTENSION_DIGITS.test(digits)) return digits;
  return getCountryCallingCode(country) === NORTH_AMERICAN_CODE ? northAmerican(digits) : national(digits, country);
}

/** The number as the old service printed it: North American ones without `+1`, all others whole. */
export function toLegacyNumber(number: string): string {
  return /^\+1\d{10}$/.test(number) ? number.slice(2) : number;
}

/**
 * The one spelling of a login's user name: digits of the E.164 number, or an e-mail address in lower case.
 */
export function loginName(username: string, country: CountryCode): string {
  if (username.includes('@')) return username.trim().toLowerCase();
  const dialable = toDialable(username, country);
  return dialable ? dialable.replace('+', '') : username.trim().toLowerCase();
}

function northAmerican(digits: string): string | undefined {
  if (digits.startsWith('011')) return e164(digits.slice(3));
  return e164(digits.length === 10 ? `${NORTH_AMERICAN_CODE}${digits}` : digits);
}

function national(digits: string, country: CountryCode): string | undefined {
  const number = parsePhoneNumberFromString(digits, country)?.number;
  return e164(number ? number.slice(1) : digits);
}

function e164(digits: string): string | undefined {
  return E164_DIGITS.test(digits) ? `+${digits}` : undefined;
}

/** Whether the digits, taken as country code and number, are a number that some country gives out. */
function isAssigned(digits: string): boolean {
  return parsePhoneNumberFromString(`+${digits}`)?.isValid() ?? false;
}
