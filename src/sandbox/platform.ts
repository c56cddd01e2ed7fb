import { readBearer } from './authorization/bearer.ts';
import { answerRevoke, answerToken, REVOKE_PATH, TOKEN_PATH } from './authorization/token-endpoint.ts';
import type { Owner } from './directory.ts';
import { OPERATIONS } from './operations/index.ts';
import { type Answer, answerOf } from './wire/answer.ts';
import type { OperationCall, PathParameters, TokenOperation } from './wire/operation.ts';
import type { PlatformRequest } from './wire/platform-request.ts';
import { invalidUri, notFound, permissionMissing, restRefusal, unauthorized } from './wire/rest-refusal.ts';
import { Router } from './wire/route.ts';
import type { World } from './world.ts';

interface Endpoint {
  readonly method: string;
  readonly path: string;
  answer(world: World, request: PlatformRequest, parameters: PathParameters): Answer;
}

const ROUTER = new Router<Endpoint>([
  { method: 'POST', path: TOKEN_PATH, answer: answerToken },
  { method: 'POST', path: REVOKE_PATH, answer: answerRevoke },
  ...OPERATIONS.map((operation) => ({
    method: operation.method,
    path: operation.path,
    answer: (world: World, request: PlatformRequest, parameters: PathParameters) =>
      operation.access === 'public' ? operation.answer({ world, request }) : answerWithToken(operation, world, request, parameters),
  })),
]);

/** What the platform answers. Nothing is there but what is listed. */
export function answerPlatform(world: World, request: PlatformRequest): Answer {
  return answerOf(() => {
    const found = ROUTER.find(request.method, request.path);
    if (found.outcome === 'nothing') throw invalidUri();
    if (found.outcome === 'other-method') throw methodNotAllowed(found.methods);
    return found.target.answer(world, request, found.parameters);
  });
}

function answerWithToken(operation: TokenOperation, world: World, request: PlatformRequest, parameters: PathParameters): Answer {
  const { clientId, ownerId } = world.sessions.authenticate(readBearer(request));
  const owner = world.directory.findOwner(ownerId);
  // A session that outlived its user: the file was kept, the data was not.
  if (!owner) throw unauthorized('CMN-405', 'Login to extension required');
  return world.rateLimits.throttle(operation.group, `${clientId} ${ownerId}`, () => {
    if (!world.directory.isPermitted(clientId, operation.permission)) throw permissionMissing(operation.permission);
    requireOwn(owner, parameters);
    const call: OperationCall = { world, request, parameters, owner };
    return operation.answer(call);
  });
}

function requireOwn({ account, extension }: Owner, { accountId, extensionId }: PathParameters): void {
  if (accountId !== undefined && !isOwn(accountId, account.id)) throw notFound('accountId');
  if (extensionId !== undefined && !isOwn(extensionId, extension.id)) throw notFound('extensionId');
}

function isOwn(parameter: string, id: number): boolean {
  return parameter === '~' || parameter === String(id);
}

function methodNotAllowed(methods: readonly string[]) {
  return restRefusal(405, 'CMN-120', 'Method is not allowed', { headers: { allow: methods.join(', ') } });
}
