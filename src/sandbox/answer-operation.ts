import { readBearer } from './authorization/bearer.ts';
import { carries } from './authorization/scope.ts';
import type { Session } from './authorization/session.ts';
import { holdsPermission } from './dictionaries/user-permissions.ts';
import type { Account, Extension } from './directory.ts';
import type { LimitGroup } from './rate-limits.ts';
import { type Answering, answerOf } from './wire/answer.ts';
import type { Endpoint } from './wire/endpoint.ts';
import type { Operation, PathParameters, TokenCall } from './wire/operation.ts';
import { alternativesOf } from './wire/permission.ts';
import type { PlatformRequest } from './wire/platform-request.ts';
import { loginRequired, notFound, otherExtension, permissionMissing, userPermissionMissing } from './wire/rest-refusal.ts';
import type { World } from './world.ts';

/** An operation with what the platform looks at before it answers one: the token, the permissions, the limits, whose data it is. */
export function endpointOf(operation: Operation): Endpoint {
  const { method, path } = operation;
  return { method, path, answer: (world, request, parameters) => answerOperation(operation, world, request, parameters) };
}

function answerOperation(operation: Operation, world: World, request: PlatformRequest, parameters: PathParameters): Answering {
  if (operation.access === 'public') return operation.answer({ world, request, parameters });
  const session = world.sessions.authenticate(readBearer(request));
  const app = world.directory.findApp(session.clientId);
  const caller = session.subject.kind === 'user' ? world.directory.findOwner(session.subject.ownerId) : undefined;
  // A session that outlived its user or its app.
  if (!app || (session.subject.kind === 'user' && !caller)) throw loginRequired();
  const call: TokenCall = { world, request, parameters, app, session, caller };
  const answer = () => {
    const { permission, userPermission } = operation;
    if (permission !== undefined && !alternativesOf(permission).some((one) => isPermitted(call, one))) throw permissionMissing(permission);
    if (userPermission !== undefined && caller && !alternativesOf(userPermission).some((one) => holdsPermission(caller.extension, one)))
      throw userPermissionMissing(userPermission);
    return answerPermitted(operation, call);
  };
  return operation.group === 'NoThrottling' ? answerOf(answer) : world.rateLimits.throttle(operation.group, callerName(operation.group, session), answer);
}

function isPermitted({ world, app, session }: TokenCall, permission: string): boolean {
  return world.directory.isPermitted(app.clientId, permission) && carries(session, permission);
}

function answerPermitted(operation: Exclude<Operation, { readonly access: 'public' }>, call: TokenCall): Answering {
  if (operation.access === 'token') {
    if (operation.subjects && !operation.subjects.includes(call.session.subject.kind)) throw loginRequired();
    return operation.answer(call);
  }
  const account = accountMeant(call);
  if (operation.access === 'account') return operation.answer({ ...call, account });
  return operation.answer({ ...call, account, owner: { account, extension: extensionMeant(call, account, operation.ofColleagues ?? false) } });
}

/** By which the platform counts requests: a user, or what else the token speaks for, with the app; in `Auth` the app alone. */
function callerName(group: LimitGroup, { clientId, subject }: Session): string {
  if (group === 'Auth') return clientId;
  if (subject.kind === 'user') return `${clientId} ${subject.ownerId}`;
  return subject.kind === 'account' ? `${clientId} account ${subject.accountId}` : `${clientId} brand ${subject.brandId}`;
}

function accountMeant({ world, parameters: { accountId = '~' }, session: { subject }, caller }: TokenCall): Account {
  if (subject.kind === 'signup') throw loginRequired();
  const own = caller?.account ?? (subject.kind === 'account' ? world.directory.findAccount(Number(subject.accountId)) : undefined);
  if (!own) throw loginRequired();
  if (accountId === '~' || accountId === String(own.id)) return own;
  // RingCentral OAuth 2.0 (2016): an account-centric session that asks for another account gets 401.
  throw subject.kind === 'account' ? loginRequired() : notFound('accountId');
}

function extensionMeant({ world, parameters: { extensionId = '~' }, caller }: TokenCall, account: Account, ofColleagues: boolean): Extension {
  if (extensionId === '~' || extensionId === String(caller?.extension.id)) return caller?.extension ?? refuse(loginRequired());
  const other = world.directory.findOwner(extensionId);
  if (other?.account.id !== account.id) throw notFound('extensionId');
  if (caller && !caller.extension.mainAdministrator && !ofColleagues) throw otherExtension();
  return other.extension;
}

function refuse(refusal: Error): never {
  throw refusal;
}
