import { type Static, Type } from 'typebox';
import { findCountry } from '../dictionaries/countries.ts';
import { findLanguage } from '../dictionaries/languages.ts';
import { findTimezone } from '../dictionaries/timezones.ts';
import type { RegionalChoice } from '../directory.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';

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

function chosen(field: keyof RegionalChoice, name: string, id: string | undefined, find: (id: string) => object | undefined): RegionalChoice {
  if (id === undefined) return {};
  if (!find(id)) throw invalidParameter(`regionalSettings.${name}.id`);
  return { [field]: id };
}
