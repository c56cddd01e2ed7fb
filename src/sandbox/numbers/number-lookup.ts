import { findCountry, findCountryByIsoCode, HOME_COUNTRY_ID } from '../dictionaries/countries.ts';
import { TOLL_FREE_AREA_CODES } from '../dictionaries/locations.ts';
import { readBoolean, readChoice, readOne, readWholeNumber } from '../wire/query.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';
import type { NumberPool } from './number-pool.ts';

/** A number that can be had. */
export interface FreeNumber {
  /** E.164. */
  readonly phoneNumber: string;
  /** The letters that were asked for, in their places. */
  readonly vanityPattern?: string;
  /** With an extended search: from 1, fits exactly, to 10. */
  readonly rank?: number;
}

// RingCentral API reference (2016): "Look up Phone Number".
const PER_PAGE = 10;
const LONGEST_PAGE = 1_000;
const EXACT = 1;
const ALTERNATIVE = 10;
const KEYS = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'];

/**
 * The numbers that a lookup finds, at most a page of them.
 *
 * @throws Refused  400 CMN-101: no area code, or a pattern that is none
 */
export function lookUpNumbers(pool: NumberPool, query: URLSearchParams): readonly FreeNumber[] {
  const npa = readNpa(query);
  readBoolean(query, 'smsEnabled');
  const isExtended = readBoolean(query, 'extendedSearch') ?? false;
  const perPage = Math.min(readWholeNumber(query, 'perPage') ?? PER_PAGE, LONGEST_PAGE);
  if (perPage < 1) throw invalidParameter('perPage');
  const pattern = readPattern(query);
  const isExcluded = excluder(query);
  if (!hasNumbers(query) || !fitsPayment(query, npa)) return [];
  const [exact, others]: [FreeNumber[], FreeNumber[]] = [[], []];
  for (const phoneNumber of pool.free(npa)) {
    if (exact.length >= perPage) break;
    if (isExcluded(phoneNumber)) continue;
    if (fits(phoneNumber, pattern)) exact.push({ phoneNumber, ...vanity(pattern), ...(isExtended && { rank: EXACT }) });
    else if (isExtended && others.length < perPage) others.push({ phoneNumber, rank: ALTERNATIVE });
  }
  return [...exact, ...others].slice(0, perPage);
}

function readNpa(query: URLSearchParams): string {
  const npa = readOne(query, 'npa') ?? readOne(query, 'areaCode');
  if (npa === undefined || !/^[2-9]\d{2}$/.test(npa)) throw invalidParameter('npa');
  return npa;
}

// Seven places: the exchange and the line; an asterisk is any digit.
function readPattern(query: URLSearchParams): string {
  const whole = readOne(query, 'numberPattern');
  const nxx = readOne(query, 'nxx');
  const line = readOne(query, 'line');
  for (const [name, text, length] of [
    ['numberPattern', whole, 7],
    ['nxx', nxx, 3],
    ['line', line, 4],
  ] as const)
    if (text !== undefined && (!/^[\dA-Za-z*]+$/.test(text) || text.length > length)) throw invalidParameter(name);
  return (whole ?? `${(nxx ?? '').padEnd(3, '*')}${line ?? ''}`).padEnd(7, '*').toUpperCase();
}

function excluder(query: URLSearchParams): (phoneNumber: string) => boolean {
  const excluded = query.getAll('exclude').filter((digits) => digits !== '');
  if (excluded.some((digits) => !/^\d{1,4}$/.test(digits))) throw invalidParameter('exclude');
  return (phoneNumber) => excluded.some((digits) => phoneNumber.slice(-4).includes(digits));
}

function hasNumbers(query: URLSearchParams): boolean {
  const isoCode = readOne(query, 'countryCode');
  const country = isoCode === undefined ? findCountry(readOne(query, 'countryId') ?? HOME_COUNTRY_ID) : findCountryByIsoCode(isoCode.toUpperCase());
  if (!country) throw invalidParameter(isoCode === undefined ? 'countryId' : 'countryCode');
  return country.hasNumbers;
}

function fitsPayment(query: URLSearchParams, npa: string): boolean {
  const isTollFree = TOLL_FREE_AREA_CODES.includes(npa);
  const wanted = readChoice(query, 'paymentType', ['Local', 'TollFree']);
  return wanted === undefined || (wanted === 'TollFree') === isTollFree;
}

function fits(phoneNumber: string, pattern: string): boolean {
  const digits = phoneNumber.slice(-7);
  return [...pattern].every((place, index) => place === '*' || place === digits[index] || KEYS[Number(digits[index])]?.includes(place));
}

function vanity(pattern: string): { readonly vanityPattern?: string } {
  return /[A-Z]/.test(pattern) ? { vanityPattern: pattern } : {};
}
