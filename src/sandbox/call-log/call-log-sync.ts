import { readBoolean, readChoice, readChoices, readInstant, readOne, readWholeNumber } from '../wire/query.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';
import { testsOf } from './call-query.ts';
import type { CallRecord } from './call-record.ts';

// RingCentral OpenAPI, `recordCount` of `GET …/call-log-sync`.
const LONGEST = 250;
const MISSED = ['Missed', 'No Answer', 'Voicemail', 'Sent to Voicemail', 'Abandoned'];

/** What a synchronization brings. */
export interface CallLogSync {
  readonly type: 'FSync' | 'ISync';
  readonly records: readonly CallRecord[];
  /** For the next ISync. */
  readonly token: string;
}

/** Whose log it is, as far as a token tells one from another. */
export interface SyncedLog {
  readonly name: string;
  /** Newest first, with those that were deleted. */
  readonly records: readonly CallRecord[];
  /** How many changes there have been. */
  readonly revision: number;
}

interface Token {
  readonly revision: number;
  /** The start of the oldest call that was brought so far. */
  readonly oldest: number;
}

/**
 * The newest calls (FSync), or what has changed since a token was given (ISync) with, if asked, more of the past.
 *
 * @throws Refused  400: CMN-101; CLG-101, CLG-102 and CLG-104 for a token that is absent, none, or of another log
 */
export function syncCalls({ name, records, revision }: SyncedLog, query: URLSearchParams): CallLogSync {
  const type = readChoice(query, 'syncType', ['FSync', 'ISync']) ?? 'FSync';
  const count = readWholeNumber(query, 'recordCount');
  if (count !== undefined && (count < 1 || count > LONGEST)) throw invalidParameter('recordCount');
  const groups = readChoices(query, 'statusGroup', ['Missed', 'All']);
  const tests = testsOf(query);
  const wanted = records.filter(
    (record) => tests.every((test) => test(record)) && (groups.length === 0 || groups.includes('All') || MISSED.includes(record.result)),
  );
  if (type === 'FSync') {
    const from = readInstant(query, 'dateFrom') ?? Number.NEGATIVE_INFINITY;
    const brought = wanted.filter(({ startTime, isDeleted }) => !isDeleted && startTime >= from).slice(0, count ?? LONGEST);
    return { type, records: brought, token: tokenOf(name, { revision, oldest: brought.at(-1)?.startTime ?? 0 }) };
  }
  const since = readToken(readOne(query, 'syncToken'), name, revision);
  const showsDeleted = readBoolean(query, 'showDeleted') ?? false;
  const changed = wanted.filter((record) => record.revision > since.revision && (showsDeleted || !record.isDeleted));
  const older = wanted.filter(({ startTime, isDeleted }) => !isDeleted && startTime < since.oldest).slice(0, count ?? 0);
  return { type, records: [...changed, ...older], token: tokenOf(name, { revision, oldest: older.at(-1)?.startTime ?? since.oldest }) };
}

function tokenOf(name: string, { revision, oldest }: Token): string {
  return Buffer.from(`${name}:${revision}:${oldest}`).toString('base64url');
}

function readToken(token: string | undefined, name: string, newest: number): Token {
  if (token === undefined) throw refusal('CLG-101');
  const parts = /^([^:]+):(\d{1,15}):(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (!parts) throw refusal('CLG-102');
  const [revision, oldest] = [Number(parts[2]), Number(parts[3])];
  if (parts[1] !== name || revision > newest) throw refusal('CLG-104');
  return { revision, oldest };
}

function refusal(errorCode: string) {
  return restRefusal(400, errorCode, 'Parameter [syncToken] is invalid', { about: { parameterName: 'syncToken' } });
}
