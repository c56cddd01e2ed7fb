import { type Static, Type } from 'typebox';
import { type Country, findCountry, HOME_COUNTRY_ID } from '../dictionaries/countries.ts';
import { findLanguage, HOME_LANGUAGE_ID } from '../dictionaries/languages.ts';
import { findTimezone, HOME_TIMEZONE_ID } from '../dictionaries/timezones.ts';
import type { RegionalChoice } from '../directory.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';
import type { World } from '../world.ts';

const Reference = Type.Optional(Type.Object({ id: Type.Optional(Type.String()) }));

/** How a request chooses country, time zone and languages. */
export const RegionalSettingsRequest = Type.Object({
  homeCountry: Reference,
  timezone: Reference,
  language: Reference,
  greetingLanguage: Reference,
  formattingLocale: Reference,
  timeFormat: Type.Optional(Type.Union([Type.Literal('12h'), Type.Literal('24h')])),
});

/** @throws Refused  400 CMN-101: an id is none of the dictionary's */
export function readRegionalSettings(settings: Static<typeof RegionalSettingsRequest>): RegionalChoice {
  const { homeCountry, timezone, language, greetingLanguage, formattingLocale, timeFormat } = settings;
  return {
    ...chosen('homeCountryId', 'homeCountry', homeCountry?.id, findCountry),
    ...chosen('timezoneId', 'timezone', timezone?.id, findTimezone),
    ...chosen('languageId', 'language', language?.id, findLanguage),
    ...chosen('greetingLanguageId', 'greetingLanguage', greetingLanguage?.id, findLanguage),
    ...chosen('formattingLocaleId', 'formattingLocale', formattingLocale?.id, findLanguage),
    ...(timeFormat && { timeFormat }),
  };
}

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

function chosen(field: keyof RegionalChoice, name: string, id: string | undefined, find: (id: string) => object | undefined): RegionalChoice {
  if (id === undefined) return {};
  if (!find(id)) throw invalidParameter(`regionalSettings.${name}.id`);
  return { [field]: id };
}
