import { changeUser } from '../authorization/user-changes.ts';
import type { Extension, Owner } from '../directory.ts';
import { renderExtension, renderListedExtension } from '../people/extension-info.ts';
import { changedExtension, ExtensionCreationRequest, ExtensionUpdateRequest, newExtension } from '../people/extension-request.ts';
import { emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import { type AccountOperation, accountUri, type ExtensionOperation, extensionUri, type Operation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { readChoices, readOne } from '../wire/query.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';
import type { World } from '../world.ts';

const LIST_PATH = '/restapi/v1.0/account/{accountId}/extension';
const PATH = `${LIST_PATH}/{extensionId}`;
const STATUSES = ['Enabled', 'Disabled', 'Frozen', 'NotActivated', 'Unassigned'] as const;
// RingCentral OpenAPI, `type` of `GET …/extension`.
const TYPES = [
  'User',
  'Department',
  'Announcement',
  'Voicemail',
  'DigitalUser',
  'VirtualUser',
  'FaxUser',
  'PagingOnly',
  'SharedLinesGroup',
  'DelegatedLinesGroup',
  'GroupCallPickup',
  'IvrMenu',
  'ApplicationExtension',
  'ProxyAdmin',
  'RoomConnector',
  'ParkLocation',
  'Limited',
  'Bot',
  'Site',
  'Room',
  'FlexibleUser',
  'TieLine',
  'Unknown',
] as const;

/** The users of an account. */
const listExtensions: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: LIST_PATH,
  group: 'Medium',
  permission: 'ReadAccounts',
  userPermission: 'ReadExtensions',
  answer: ({ world, account, request: { query } }) => {
    const found = wanted(world.directory.extensionsOf(account), query);
    return jsonAnswer(
      200,
      pageOf(`${accountUri(world, { account })}/extension`, found, query, (extension) => renderListedExtension(world, { account, extension })),
    );
  },
};

/** Adds a user to the account. */
const createExtension: AccountOperation = {
  access: 'account',
  method: 'POST',
  path: LIST_PATH,
  group: 'Medium',
  permission: 'EditAccounts',
  userPermission: 'AddRemoveUsers',
  answer: ({ world, account, request }) => {
    const extension = newExtension(world, account.id, readChecked(request, ExtensionCreationRequest));
    world.directory.saveExtension(account.id, extension);
    tell(world, { account, extension }, 'Create');
    return jsonAnswer(200, renderExtension(world, { account, extension }));
  },
};

/** A user. */
const getExtension: ExtensionOperation = {
  access: 'extension',
  ofColleagues: true,
  method: 'GET',
  path: PATH,
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadExtensions',
  answer: ({ world, owner }) => jsonAnswer(200, renderExtension(world, owner)),
};

/** Changes a user; a new password, or a status in which he may not sign in, ends his sessions. */
const updateExtension: ExtensionOperation = {
  access: 'extension',
  method: 'PUT',
  path: PATH,
  group: 'Medium',
  permission: 'EditExtensions',
  userPermission: 'EditUserInfo OR EditUserCredentials',
  answer: ({ world, owner, request }) => {
    const change = readChecked(request, ExtensionUpdateRequest);
    const extension = changedExtension(world, owner, change);
    changeUser(world, owner.account.id, extension, change);
    tell(world, { ...owner, extension }, 'Update');
    return jsonAnswer(200, renderExtension(world, { ...owner, extension }));
  },
};

/** Removes a user, whose tokens are good for nothing from then on. The main administrator stays. */
const deleteExtension: ExtensionOperation = {
  access: 'extension',
  method: 'DELETE',
  path: PATH,
  group: 'Medium',
  permission: 'EditAccounts',
  userPermission: 'AddRemoveUsers',
  answer: ({ world, owner }) => {
    if (world.directory.mainAdministratorOf(owner.account)?.id === owner.extension.id) throw invalidParameter('extensionId');
    world.directory.removeExtension(owner.account.id, owner.extension);
    tell(world, owner, 'Delete');
    return emptyAnswer(204);
  },
};

/** Everything about the users of an account. */
export const PEOPLE_OPERATIONS: readonly Operation[] = [listExtensions, createExtension, getExtension, updateExtension, deleteExtension];

function wanted(extensions: readonly Extension[], query: URLSearchParams): readonly Extension[] {
  const extensionNumber = readOne(query, 'extensionNumber');
  const emails = query.getAll('email').map((email) => email.toLowerCase());
  const statuses = readChoices(query, 'status', STATUSES);
  const types = readChoices(query, 'type', TYPES);
  if (extensionNumber === undefined && emails.length + statuses.length + types.length === 0) return extensions;
  return extensions.filter(
    (extension) =>
      (extensionNumber === undefined || extension.extensionNumber === extensionNumber) &&
      (emails.length === 0 || emails.includes(extension.email.toLowerCase())) &&
      (statuses.length === 0 || statuses.includes(extension.status ?? 'Enabled')) &&
      (types.length === 0 || types.some((type) => type === (extension.type ?? 'User'))),
  );
}

function tell(world: World, owner: Owner, eventType: 'Create' | 'Update' | 'Delete'): void {
  const extensionId = String(owner.extension.id);
  const body = { extensionId, eventType, ownerId: extensionId };
  const path = extensionUri(world, owner).slice(world.origin.length);
  for (const filter of [path, path.slice(0, path.lastIndexOf('/'))]) world.events.emit({ filter, ownerId: extensionId, body });
}
