import { readBoolean, readChoice, readChoices, readInstant, readOne } from '../wire/query.ts';
import { restRefusal } from '../wire/rest-refusal.ts';
import type { CallRecord } from './call-record.ts';

const DAY_MS = 24 * 3_600_000;
// Of a call that is named nothing else needs to be said, and RingCentral takes nothing else.
const ALONE_WITH_SESSION = ['dateFrom', 'dateTo', 'phoneNumber', 'extensionNumber'];

/**
 * What of a call log a query asks for: the last 24 hours, unless a time or a session is named.
 *
 * @throws Refused  400: CMN-101; CLG-110 for what does not go with `sessionId`
 */
export function wantedCalls(records: readonly CallRecord[], query: URLSearchParams, now: number): readonly CallRecord[] {
  const sessionId = readOne(query, 'sessionId') ?? sessionOf(readOne(query, 'telephonySessionId'));
  if (sessionId !== undefined) checkAlone(query);
  const dateTo = readInstant(query, 'dateTo') ?? now;
  const dateFrom = readInstant(query, 'dateFrom') ?? dateTo - DAY_MS;
  const showsDeleted = readBoolean(query, 'showDeleted') ?? false;
  const tests = testsOf(query);
  return records.filter(
    (record) =>
      (sessionId === undefined ? record.startTime >= dateFrom && record.startTime <= dateTo : record.sessionId === sessionId) &&
      (showsDeleted || !record.isDeleted) &&
      tests.every((test) => test(record)),
  );
}

/** Whether the query asks for legs too. */
export function isDetailed(query: URLSearchParams): boolean {
  return readChoice(query, 'view', ['Simple', 'Detailed']) === 'Detailed';
}

/** Whether a record has what the query says of a call itself: direction, kind, parties, recording. */
export function testsOf(query: URLSearchParams): readonly ((record: CallRecord) => boolean)[] {
  const directions = readChoices(query, 'direction', ['Inbound', 'Outbound']);
  const types = readChoices(query, 'type', ['Voice', 'Fax']);
  const transports = readChoices(query, 'transport', ['PSTN', 'VoIP']);
  const extensionNumber = readOne(query, 'extensionNumber');
  const phoneNumber = readOne(query, 'phoneNumber')?.replace(/\D/g, '');
  const recordingType = readChoice(query, 'recordingType', ['Automatic', 'OnDemand', 'All']);
  const isRecorded = recordingType !== undefined || (readBoolean(query, 'withRecording') ?? false);
  const showsBlocked = readBoolean(query, 'showBlocked') ?? true;
  return [
    ({ direction }) => directions.length === 0 || directions.includes(direction),
    ({ type }) => types.length === 0 || types.includes(type),
    ({ transport = 'PSTN' }) => transports.length === 0 || transports.includes(transport),
    ({ from, to }) => extensionNumber === undefined || [from, to].some((party) => party.extensionNumber === extensionNumber),
    ({ from, to }) => phoneNumber === undefined || [from, to].some((party) => party.phoneNumber?.slice(1) === phoneNumber),
    (record) => !isRecorded || (record.recordingType !== undefined && [undefined, 'All', record.recordingType].includes(recordingType)),
    ({ result }) => showsBlocked || result !== 'Blocked',
  ];
}

function sessionOf(telephonySessionId: string | undefined): string | undefined {
  return telephonySessionId?.replace(/^s-/, '');
}

function checkAlone(query: URLSearchParams): void {
  const other = ALONE_WITH_SESSION.find((name) => readOne(query, name) !== undefined);
  if (other === undefined) return;
  const message = `Parameter [sessionId] is not allowed for usage along with parameter [${other}]`;
  throw restRefusal(400, 'CLG-110', message, { about: { parameterName: 'sessionId' } });
}
