import { endpointOf } from './answer-operation.ts';
import { AUTHORIZATION_ENDPOINTS } from './authorization/endpoints.ts';
import { QUICK_OPERATIONS } from './operations/quick.ts';
import { isRingCxPath, nothingAtRingCx, RING_CX_ENDPOINTS } from './ringcx/index.ts';
import { type Answering, answerOf } from './wire/answer.ts';
import type { Endpoint } from './wire/endpoint.ts';
import type { PlatformRequest } from './wire/platform-request.ts';
import { invalidUri, restRefusal } from './wire/rest-refusal.ts';
import { type Found, Router } from './wire/route.ts';
import type { World } from './world.ts';

const QUICK_ROUTER = new Router<Endpoint>([...AUTHORIZATION_ENDPOINTS, ...RING_CX_ENDPOINTS, ...QUICK_OPERATIONS.map(endpointOf)]);

let everything: typeof import('./modelled.ts') | undefined;

/** What the platform answers. Nothing is there but what is listed. */
export function answerPlatform(world: World, request: PlatformRequest): Answering {
  // An example may stand at a path that one of these has with a parameter.
  const quick = world.exampleOperations.length === 0 ? QUICK_ROUTER.find(request.method, request.path) : undefined;
  if (quick?.outcome === 'found') return answerFound(world, request, quick);
  const find = ({ routerOf }: typeof import('./modelled.ts')) => answerFound(world, request, routerOf(world).find(request.method, request.path));
  return everything ? find(everything) : loadEverything().then(find);
}

/** Loads what a sandbox that is asked for tokens, calls and messages only has no need of: done by the first request that wants it. */
export async function loadEverything() {
  everything = await import('./modelled.ts');
  return everything;
}

function answerFound(world: World, request: PlatformRequest, found: Found<Endpoint>): Answering {
  return answerOf(() => {
    if (found.outcome !== 'found' && isRingCxPath(request.path))
      throw nothingAtRingCx(request, world.now(), found.outcome === 'other-method' ? found.methods : []);
    if (found.outcome !== 'found') world.unknownPaths.tell(request.method, request.path);
    if (found.outcome === 'nothing') throw invalidUri();
    if (found.outcome === 'other-method') throw methodNotAllowed(found.methods);
    return found.target.answer(world, request, found.parameters);
  });
}

function methodNotAllowed(methods: readonly string[]) {
  return restRefusal(405, 'CMN-120', 'Method is not allowed', { headers: { allow: methods.join(', ') } });
}
