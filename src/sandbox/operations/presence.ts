import { changeProfile } from '../people/profile.ts';
import { presenceOf, renderPresence } from '../presence/presence.ts';
import { tellPresence } from '../presence/presence-event.ts';
import { PresenceInfoRequest } from '../presence/presence-request.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import { type AccountOperation, accountUri, type ExtensionOperation, type Operation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { readBoolean } from '../wire/query.ts';
import { otherExtension } from '../wire/rest-refusal.ts';

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const PATH = `${ACCOUNT}/extension/{extensionId}/presence`;

/** How a user stands, or a colleague who lets it be seen. */
const getPresence: ExtensionOperation = {
  access: 'extension',
  ofColleagues: true,
  method: 'GET',
  path: PATH,
  group: 'Light',
  permission: 'ReadPresence',
  userPermission: 'ReadPresenceStatus',
  answer: ({ world, owner, caller, request: { query } }) => {
    const isOwn = caller?.extension.id === owner.extension.id;
    if (!isOwn && !presenceOf(world, owner).allowSeeMyPresence) throw otherExtension();
    return jsonAnswer(200, renderPresence(world, owner, { at: world.now(), detailed: readBoolean(query, 'detailedTelephonyState') ?? false }));
  },
};

const updatePresence: ExtensionOperation = {
  access: 'extension',
  method: 'PUT',
  path: PATH,
  group: 'Medium',
  permission: 'EditPresence',
  answer: ({ world, owner, request }) => {
    changeProfile(world, owner, { presence: { ...presenceOf(world, owner), ...readChecked(request, PresenceInfoRequest) } });
    tellPresence(world, owner);
    return jsonAnswer(200, renderPresence(world, owner, { at: world.now(), detailed: false }));
  },
};

/** How everybody of the account stands who lets it be seen. */
const listPresence: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: `${ACCOUNT}/presence`,
  group: 'Heavy',
  permission: 'ReadPresence',
  userPermission: 'ReadPresenceStatus',
  answer: ({ world, account, request: { query } }) => {
    const view = { at: world.now(), detailed: readBoolean(query, 'detailedTelephonyState') ?? false };
    const seen = world.directory.extensionsOf(account).filter((extension) => presenceOf(world, { account, extension }).allowSeeMyPresence);
    const render = (extension: (typeof seen)[number]) => renderPresence(world, { account, extension }, view);
    return jsonAnswer(200, pageOf(`${accountUri(world, { account })}/presence`, seen, query, render));
  },
};

/** Everything about who may be reached. */
export const PRESENCE_OPERATIONS: readonly Operation[] = [getPresence, updatePresence, listPresence];
