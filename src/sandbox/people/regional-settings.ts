import { type Country, findCountry, HOME_COUNTRY_ID } from '../dictionaries/countries.ts';
import { findLanguage, HOME_LANGUAGE_ID } from '../dictionaries/languages.ts';
import { findTimezone, HOME_TIMEZONE_ID } from '../dictionaries/timezones.ts';
import type { RegionalChoice } from '../directory.ts';
import type { World } from '../world.ts';

/** As the platform shows them: RingCentral's home, unless something else was chosen. */
export function renderRegionalSettings(world: World, choice: RegionalChoice = {}): object {
  const { homeCountryId = HOME_COUNTRY_ID, timezoneId = HOME_TIMEZONE_ID, languageId = HOME_LANGUAGE_ID, timeFormat = '12h' } = choice;
  const country = findCountry(homeCountryId);
  const timezone = findTimezone(timezoneId);
  return {
    ...(country && { homeCountry: renderCountry(world, country) }),
    ...(timezone && { timezone: { uri: `${world.origin}/restapi/v1.0/dictionary/timezone/${timezone.id}`, ...timezone } }),
    language: renderLanguage(languageId),
    greetingLanguage: renderLanguage(choice.greetingLanguageId ?? languageId),
    formattingLocale: renderLanguage(choice.formattingLocaleId ?? languageId),
    timeFormat,
  };
}

/** A country, as other resources name it. */
export function renderCountry(world: World, { id, isoCode, callingCode, name }: Country) {
  return { uri: `${world.origin}/restapi/v1.0/dictionary/country/${id}`, id, name, isoCode, callingCode };
}

function renderLanguage(id: string): object {
  const { localeCode, name } = findLanguage(id) ?? {};
  return { id, localeCode, name };
}
