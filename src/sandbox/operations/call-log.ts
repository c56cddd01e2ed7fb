import { syncCalls } from '../call-log/call-log-sync.ts';
import { isDetailed, testsOf, wantedCalls } from '../call-log/call-query.ts';
import { type CallRecord, renderCallRecord } from '../call-log/call-record.ts';
import { activeRecord } from '../call-log/ring-out-record.ts';
import { endOf } from '../calls/ring-out.ts';
import type { Owner } from '../directory.ts';
import { type Answer, emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { answerEach } from '../wire/each.ts';
import { type AccountCall, type AccountOperation, accountUri, type ExtensionOperation, extensionUri, type Operation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { readChoices, readInstant } from '../wire/query.ts';
import { notFound } from '../wire/rest-refusal.ts';

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;
const PARAMETER = 'callRecordId';

const OfExtension = { access: 'extension', method: 'GET', group: 'Heavy', permission: 'ReadCallLog', userPermission: 'ReadCallLog' } as const;
const OfAccount = { ...OfExtension, access: 'account' } as const;
const OfWholeAccount = { ...OfAccount, userPermission: 'FullCompanyCallLog' } as const;

/** A request for a log: an extension's where it has an owner, else the account's. */
type LogCall = AccountCall & { readonly owner?: Owner };

const listCalls: ExtensionOperation = { ...OfExtension, path: `${EXTENSION}/call-log`, answer: answerList };
const listAccountCalls: AccountOperation = { ...OfWholeAccount, path: `${ACCOUNT}/call-log`, answer: answerList };
const getCall: ExtensionOperation = { ...OfExtension, path: `${EXTENSION}/call-log/{${PARAMETER}}`, answer: answerRecords };
const getAccountCall: AccountOperation = { ...OfWholeAccount, path: `${ACCOUNT}/call-log/{${PARAMETER}}`, answer: answerRecords };
const syncLog: ExtensionOperation = { ...OfExtension, path: `${EXTENSION}/call-log-sync`, answer: answerSync };
const syncAccountLog: AccountOperation = { ...OfAccount, path: `${ACCOUNT}/call-log-sync`, answer: answerSync };
const listActiveCalls: ExtensionOperation = { ...OfExtension, path: `${EXTENSION}/active-calls`, answer: answerActive };
const listActiveAccountCalls: AccountOperation = { ...OfAccount, path: `${ACCOUNT}/active-calls`, answer: answerActive };

/** Deletes the calls up to a time, or all. */
const deleteCalls: ExtensionOperation = {
  access: 'extension',
  method: 'DELETE',
  path: `${EXTENSION}/call-log`,
  group: 'Heavy',
  permission: 'EditCallLog',
  userPermission: 'EditCallLog',
  answer: (call) => {
    const dateTo = readInstant(call.request.query, 'dateTo') ?? Number.POSITIVE_INFINITY;
    for (const record of recordsOf(call)) if (!record.isDeleted && record.startTime <= dateTo) call.world.callLog.remove(record);
    return emptyAnswer(204);
  },
};

/** Everything about calls that were made. */
export const CALL_LOG_OPERATIONS: readonly Operation[] = [
  listCalls,
  listAccountCalls,
  getCall,
  getAccountCall,
  deleteCalls,
  syncLog,
  syncAccountLog,
  listActiveCalls,
  listActiveAccountCalls,
];

function answerList(call: LogCall): Answer {
  const { query } = call.request;
  const found = wantedCalls(recordsOf(call), query, call.world.now());
  return jsonAnswer(200, pageOf(uriOf(call), found, query, renderer(call), { takesMax: true }));
}

function answerRecords(call: LogCall): Answer {
  const render = renderer(call);
  const answer = (id: string) => {
    const record = call.world.callLog.find(id);
    if (!record || !isOf(call, record)) throw notFound(PARAMETER);
    return jsonAnswer(200, render(record));
  };
  return answerEach(call, call.parameters[PARAMETER] ?? '', (id) => `${uriOf(call)}/${id}`, answer);
}

function answerSync(call: LogCall): Answer {
  const { callLog } = call.world;
  const name = call.owner ? String(call.owner.extension.id) : `account ${call.account.id}`;
  const { type, records, token } = syncCalls({ name, records: recordsOf(call), revision: callLog.revision }, call.request.query);
  return jsonAnswer(200, {
    uri: `${uriOf(call)}-sync`,
    records: records.map(renderer(call)),
    syncInfo: { syncType: type, syncToken: token, syncTime: new Date(call.world.now()).toISOString() },
  });
}

function answerActive(call: LogCall): Answer {
  const { query } = call.request;
  readChoices(query, 'conferenceType', ['AudioConferencing', 'Meetings']);
  const tests = testsOf(query);
  const records = activeRecords(call).filter((record) => tests.every((test) => test(record)));
  return jsonAnswer(200, pageOf(uriOf(call).replace(/call-log$/, 'active-calls'), records, query, renderer(call), { takesMax: true }));
}

function activeRecords({ world, account, owner }: LogCall): CallRecord[] {
  const now = world.now();
  return world.ringOuts.list().flatMap((ringOut) => {
    const caller = now < endOf(ringOut) ? world.directory.findOwner(ringOut.ownerId) : undefined;
    const isWanted = owner ? caller?.extension.id === owner.extension.id : caller?.account.id === account.id;
    return caller && isWanted ? [activeRecord(world, caller, ringOut)] : [];
  });
}

function recordsOf({ world, account, owner }: LogCall): CallRecord[] {
  return world.callLog.list(owner ? { ownerId: String(owner.extension.id) } : { accountId: account.id });
}

function isOf({ account, owner }: LogCall, record: CallRecord): boolean {
  return !record.isDeleted && record.accountId === account.id && (!owner || record.ownerId === String(owner.extension.id));
}

function renderer(call: LogCall): (record: CallRecord) => object {
  const view = { uri: uriOf(call), isDetailed: isDetailed(call.request.query) };
  return (record) => renderCallRecord(call.world, record, view);
}

function uriOf({ world, account, owner }: LogCall): string {
  return `${owner ? extensionUri(world, owner) : accountUri(world, { account })}/call-log`;
}
