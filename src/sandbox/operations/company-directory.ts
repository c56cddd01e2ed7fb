import { renderDirectoryEntry } from '../people/directory-entry.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { type AccountOperation, accountUri, type Operation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { readChoice } from '../wire/query.ts';
import { notFound } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/account/{accountId}/directory/entries';
const PARAMETER = 'entryId';
// RingCentral OpenAPI names 2000 as the most, and describes the answer's `paging` with 1000: the smaller holds for both.
const PER_PAGE = 1_000;
const TYPES = [
  'User',
  'Department',
  'Announcement',
  'Voicemail',
  'SharedLinesGroup',
  'PagingOnly',
  'IvrMenu',
  'ParkLocation',
  'Limited',
  'External',
  'DelegatedLinesGroup',
  'TieLine',
] as const;

/** Everybody of the company who does not hide. */
const listEntries: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: PATH,
  group: 'Medium',
  permission: 'ReadAccounts',
  answer: ({ world, account, request: { query } }) => {
    const wanted = readChoice(query, 'type', TYPES);
    const group = readChoice(query, 'typeGroup', ['User', 'NonUser']);
    const found = world.directory.extensionsOf(account).filter(({ type = 'User', hidden }) => {
      const isOfGroup = group === undefined || (group === 'User') === (type === 'User');
      return !hidden && isOfGroup && (wanted === undefined || wanted === type);
    });
    const uri = `${accountUri(world, { account })}/directory/entries`;
    const show = (extension: (typeof found)[number]) => renderDirectoryEntry(world, { account, extension });
    const { records, paging } = pageOf(uri, found, query, show, { perPage: PER_PAGE, takesMax: true });
    return jsonAnswer(200, { records, paging });
  },
};

const getEntry: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: `${PATH}/{${PARAMETER}}`,
  group: 'Medium',
  permission: 'ReadAccounts',
  answer: ({ world, account, parameters }) => {
    const owner = world.directory.findOwner(parameters[PARAMETER] ?? '');
    if (owner?.account.id !== account.id) throw notFound(PARAMETER);
    return jsonAnswer(200, renderDirectoryEntry(world, owner));
  },
};

/** The company's directory. */
export const COMPANY_DIRECTORY_OPERATIONS: readonly Operation[] = [listEntries, getEntry];
