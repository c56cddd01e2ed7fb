import { endpointOf } from './answer-operation.ts';
import { AUTHORIZATION_ENDPOINTS } from './authorization/endpoints.ts';
import { QUICK_OPERATIONS } from './operations/quick.ts';
import { isRingCxPath, nothingAtRingCx, RING_CX_ENDPOINTS } from './ringcx/index.ts';
import { type Answering, answerOf } from './wire/answer.ts';
import { acrossOrigins } from './wire/cors.ts';
import type { Endpoint } from './wire/endpoint.ts';
import type { PlatformRequest } from './wire/platform-request.ts';
import { invalidUri, restRefusal } from './wire/rest-refusal.ts';
import { type Found, Router } from './wire/route.ts';
import { methodMeant } from './wire/tunnelled-method.ts';
import type { World } from './world.ts';

const QUICK_ROUTER = new Router<Endpoint>([...AUTHORIZATION_ENDPOINTS, ...RING_CX_ENDPOINTS, ...QUICK_OPERATIONS.map(endpointOf)]);

let everything: typeof import('./modelled.ts') | undefined;

/** What the platform answers. Nothing is there but what is listed. */
export function answerPlatform(world: World, request: PlatformRequest): Answering {
  return acrossOrigins(request, () => answerOf(() => answerHere(world, request)));
}

function answerHere(world: World, request: PlatformRequest): Answering {
  const method = methodMeant(request);
  // An example may stand at a path that one of these has with a parameter.
  const quick = world.exampleOperations.length === 0 ? QUICK_ROUTER.find(method, request.path) : undefined;
  if (quick?.outcome === 'found') return quick.target.answer(world, request, quick.parameters);
  const find = ({ routerOf }: typeof import('./modelled.ts')) => answerFound(world, request, method, routerOf(world).find(method, request.path));
  return everything ? find(everything) : loadEverything().then(find);
}

/** Loads what a sandbox that is asked for tokens, calls and messages only has no need of: done by the first request that wants it. */
export async function loadEverything() {
  everything = await import('./modelled.ts');
  return everything;
}

function answerFound(world: World, request: PlatformRequest, method: string, found: Found<Endpoint>): Answering {
  if (found.outcome === 'found') return found.target.answer(world, request, found.parameters);
  if (isRingCxPath(request.path)) throw nothingAtRingCx(request, world.now(), found.outcome === 'other-method' ? found.methods : []);
  world.unknownPaths.tell(method, request.path);
  throw found.outcome === 'other-method' ? methodNotAllowed(found.methods) : invalidUri();
}

function methodNotAllowed(methods: readonly string[]) {
  return restRefusal(405, 'CMN-120', 'Method is not allowed', { headers: { allow: methods.join(', ') } });
}
