import type { JsonObject } from '../wire/json-body.ts';
import { toInstant } from '../wire/query.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';

/** Whether a field is not given. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/**
 * Epoch milliseconds of a time in ISO 8601; without a zone it is UTC.
 *
 * @throws Refused  400 CMN-101
 */
export function readTime(value: unknown, name: string): number {
  const time = typeof value === 'string' ? toInstant(value) : undefined;
  if (time === undefined) throw invalidParameter(name);
  return time;
}

/**
 * A text of so many UTF-16 units at most.
 *
 * @throws Refused  400 CMN-101
 */
export function readText(value: unknown, name: string, longest: number): string {
  if (typeof value !== 'string' || value.length > longest) throw invalidParameter(name);
  return value;
}

/**
 * An identifier or another number, which clients write as text or as a number.
 *
 * @throws Refused  400 CMN-101
 */
export function readId(value: unknown, name: string): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw invalidParameter(name);
  return String(value);
}

/**
 * One of some words.
 *
 * @throws Refused  400 CMN-101
 */
export function readWord<Word extends string>(value: unknown, name: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word === undefined) throw invalidParameter(name);
  return word;
}

/**
 * `true` or `false`.
 *
 * @throws Refused  400 CMN-101
 */
export function readFlag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text === null || text === '' ? false : readWord(text.toLowerCase(), name, ['true', 'false']) === 'true';
}

/**
 * Checks the country that is meant by a number without country code.
 *
 * @throws Refused  400: MSG-365 it is given twice, CMN-101 it is no country
 */
export function checkCountry({ country, isoCode }: JsonObject): void {
  if (!isAbsent(isoCode)) checkIsoCode(isoCode, 'isoCode');
  if (isAbsent(country)) return;
  if (typeof country !== 'object') throw invalidParameter('country');
  const { id, isoCode: countryIsoCode } = country as JsonObject;
  if (!isAbsent(id) && !isAbsent(countryIsoCode))
    throw restRefusal(400, 'MSG-365', 'Parameters [country.id] and [country.isoCode] can not be specified simultaneously');
  if (!isAbsent(id) && !/^\d{1,6}$/.test(readId(id, 'country.id'))) throw invalidParameter('country.id');
  if (!isAbsent(countryIsoCode)) checkIsoCode(countryIsoCode, 'country.isoCode');
}

function checkIsoCode(value: unknown, name: string): void {
  if (typeof value !== 'string' || !/^[A-Za-z]{2}$/.test(value)) throw invalidParameter(name);
}
