import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/max';

/** A country, as the platform's dictionary has it. */
export interface Country {
  readonly id: string;
  /** ISO 3166-1 alpha-2. */
  readonly isoCode: string;
  /** With its plus sign left out. */
  readonly callingCode: string;
  readonly name: string;
  /** Whether numbers of it can be had here. */
  readonly hasNumbers: boolean;
}

// The ids that RingCentral's documents name; those of all other countries are the sandbox's own.
const KNOWN_IDS: Readonly<Record<string, string>> = { US: '1', CA: '39', GB: '224' };
const WITH_NUMBERS: readonly string[] = ['US', 'CA'];
const FIRST_OWN_ID = 1_000;
const LETTERS = 26;
const LETTER_A = 65;

const names = new Intl.DisplayNames('en', { type: 'region' });

/** Every country that has telephones, by name. */
export const COUNTRIES: readonly Country[] = getCountries()
  .map(countryOf)
  .sort((one, other) => (one.name < other.name ? -1 : 1));

/** RingCentral's home. */
export const HOME_COUNTRY_ID = '1';

const byId = new Map(COUNTRIES.map((country) => [country.id, country]));
const byIsoCode = new Map(COUNTRIES.map((country) => [country.isoCode, country]));

export function findCountry(id: string): Country | undefined {
  return byId.get(id);
}

export function findCountryByIsoCode(isoCode: string): Country | undefined {
  return byIsoCode.get(isoCode);
}

function countryOf(isoCode: CountryCode): Country {
  return {
    id: KNOWN_IDS[isoCode] ?? ownId(isoCode),
    isoCode,
    callingCode: getCountryCallingCode(isoCode),
    name: names.of(isoCode) ?? isoCode,
    hasNumbers: WITH_NUMBERS.includes(isoCode),
  };
}

// From the two letters, so that it stays whatever the list becomes.
function ownId(isoCode: string): string {
  const [first, second] = [isoCode.charCodeAt(0) - LETTER_A, isoCode.charCodeAt(1) - LETTER_A];
  return String(FIRST_OWN_ID + first * LETTERS + second);
}
