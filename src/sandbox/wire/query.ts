import { invalidParameter } from './rest-refusal.ts';

// An ISO 8601 date, alone or with a time and its zone: what the platform takes wherever it takes a time.
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/;
const WHOLE_NUMBER = /^\d{1,15}$/;

/**
 * A parameter of the query that may stand there once. One without a value counts as absent.
 *
 * @throws Refused  400 CMN-101: it stands there twice
 */
export function readOne(query: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = query.getAll(name);
  if (more.length > 0) throw invalidParameter(name);
  return value === '' ? undefined : value;
}

/** @throws Refused  400 CMN-101: it is none of the choices */
export function readChoice<Choice extends string>(query: URLSearchParams, name: string, choices: readonly Choice[]): Choice | undefined {
  const value = readOne(query, name);
  return value === undefined ? undefined : chosen(value, name, choices);
}

/** A parameter that may be repeated. @returns empty where it is absent. @throws Refused  400 CMN-101: one is none of the choices */
export function readChoices<Choice extends string>(query: URLSearchParams, name: string, choices: readonly Choice[]): readonly Choice[] {
  return query
    .getAll(name)
    .filter((value) => value !== '')
    .map((value) => chosen(value, name, choices));
}

/** @throws Refused  400 CMN-101: neither `true` nor `false` */
export function readBoolean(query: URLSearchParams, name: string): boolean | undefined {
  const value = readChoice(query, name, ['true', 'false']);
  return value === undefined ? undefined : value === 'true';
}

/** @throws Refused  400 CMN-101: no whole number, or a negative one */
export function readWholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = readOne(query, name);
  if (value === undefined) return undefined;
  if (!WHOLE_NUMBER.test(value)) throw invalidParameter(name);
  return Number(value);
}

/** @returns epoch milliseconds. @throws Refused  400 CMN-101: no time in ISO 8601 */
export function readInstant(query: URLSearchParams, name: string): number | undefined {
  // A form decoder has made a space of a zone's plus sign.
  const value = readOne(query, name)?.replace(/ (?=\d{2}:?\d{2}$)/, '+');
  if (value === undefined) return undefined;
  return toInstant(value) ?? refuse(name);
}

/** @returns epoch milliseconds, of a time without a zone in UTC; nothing where the text is no time in ISO 8601 */
export function toInstant(text: string): number | undefined {
  const parts = INSTANT.exec(text);
  const at = parts ? Date.parse(text.includes('T') && !parts.groups?.zone ? `${text}Z` : text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function chosen<Choice extends string>(value: string, name: string, choices: readonly Choice[]): Choice {
  return choices.find((choice) => choice === value) ?? refuse(name);
}

function refuse(name: string): never {
  throw invalidParameter(name);
}
