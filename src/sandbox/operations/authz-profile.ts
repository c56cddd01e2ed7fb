import { holdsPermission, USER_PERMISSIONS } from '../dictionaries/user-permissions.ts';
import type { Extension } from '../directory.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { type ExtensionOperation, extensionUri, type Operation } from '../wire/operation.ts';
import { readOne } from '../wire/query.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/account/{accountId}/extension/{extensionId}/authz-profile';

/** What the user's role holds. */
const getAuthzProfile: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: PATH,
  group: 'Medium',
  answer: ({ world, owner }) => {
    const permissions = heldBy(owner.extension).map((id) => renderHeld(world.origin, id));
    return jsonAnswer(200, { uri: `${extensionUri(world, owner)}/authz-profile`, permissions });
  },
};

const checkAuthzProfile: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: `${PATH}/check`,
  group: 'Light',
  answer: ({ world, owner, request: { query } }) => {
    const id = readOne(query, 'permissionId');
    if (id === undefined) throw invalidParameter('permissionId');
    const successful = heldBy(owner.extension).includes(id);
    const uri = `${extensionUri(world, owner)}/authz-profile/check?permissionId=${encodeURIComponent(id)}`;
    return jsonAnswer(200, { uri, successful, ...(successful && { details: renderHeld(world.origin, id) }) });
  },
};

/** What the user may do; no app permission is needed to ask. */
export const AUTHZ_PROFILE_OPERATIONS: readonly Operation[] = [getAuthzProfile, checkAuthzProfile];

function heldBy(extension: Extension): readonly string[] {
  return USER_PERMISSIONS.map(({ id }) => id).filter((id) => holdsPermission(extension, id));
}

function renderHeld(origin: string, id: string): object {
  return {
    permission: { uri: `${origin}/restapi/v1.0/dictionary/permission/${id}`, id, siteCompatible: 'Independent', readOnly: false, assignable: true },
    scopes: ['Self'],
  };
}
