/** A language. Its id is Microsoft's locale identifier, as in RingCentral's examples (1033). */
export interface Language {
  readonly id: string;
  readonly localeCode: string;
  readonly isoCode: string;
  readonly name: string;
  readonly dateFormat: string;
  readonly timeFormat: string;
}

const language = (id: number, localeCode: string, name: string, dateFormat: string, timeFormat: string): Language => ({
  id: String(id),
  localeCode,
  isoCode: localeCode.slice(0, 2),
  name,
  dateFormat,
  timeFormat,
});

const HOURS_12 = 'hh:mm:ss a';
const HOURS_24 = 'HH:mm:ss';

/** Those in which people can be greeted. */
export const LANGUAGES: readonly Language[] = [
  language(1033, 'en-US', 'English (United States)', 'MM/dd/yyyy', HOURS_12),
  language(2057, 'en-GB', 'English (United Kingdom)', 'dd/MM/yyyy', HOURS_24),
  language(3081, 'en-AU', 'English (Australia)', 'dd/MM/yyyy', HOURS_12),
  language(3084, 'fr-CA', 'French (Canada)', 'yyyy-MM-dd', HOURS_24),
  language(1036, 'fr-FR', 'French (France)', 'dd/MM/yyyy', HOURS_24),
  language(1031, 'de-DE', 'German (Germany)', 'dd.MM.yyyy', HOURS_24),
  language(3082, 'es-ES', 'Spanish (Spain)', 'dd/MM/yyyy', HOURS_24),
  language(1040, 'it-IT', 'Italian (Italy)', 'dd/MM/yyyy', HOURS_24),
  language(1043, 'nl-NL', 'Dutch (Netherlands)', 'dd-MM-yyyy', HOURS_24),
  language(1046, 'pt-BR', 'Portuguese (Brazil)', 'dd/MM/yyyy', HOURS_24),
  language(1041, 'ja-JP', 'Japanese (Japan)', 'yyyy/MM/dd', HOURS_24),
  language(1042, 'ko-KR', 'Korean (South Korea)', 'yyyy.MM.dd', HOURS_24),
  language(2052, 'zh-CN', 'Chinese (China)', 'yyyy/MM/dd', HOURS_24),
  language(1028, 'zh-TW', 'Chinese (Taiwan)', 'yyyy/MM/dd', HOURS_24),
];

/** American English. */
export const HOME_LANGUAGE_ID = '1033';

const byId = new Map(LANGUAGES.map((known) => [known.id, known]));

export function findLanguage(id: string): Language | undefined {
  return byId.get(id);
}
