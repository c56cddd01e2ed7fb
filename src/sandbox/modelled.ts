import { endpointOf } from './answer-operation.ts';
import { AUTHORIZATION_ENDPOINTS } from './authorization/endpoints.ts';
import { besideModelled } from './openapi/beside-modelled.ts';
import { OPERATIONS } from './operations/index.ts';
import { RING_CX_ENDPOINTS } from './ringcx/index.ts';
import type { Endpoint } from './wire/endpoint.ts';
import type { Operation } from './wire/operation.ts';
import { Router } from './wire/route.ts';
import type { World } from './world.ts';

/** What the platform does by rules of the sandbox's own, not by example. */
export const MODELLED_ENDPOINTS: readonly Endpoint[] = [...AUTHORIZATION_ENDPOINTS, ...RING_CX_ENDPOINTS, ...OPERATIONS.map(endpointOf)];

const ROUTER = new Router(MODELLED_ENDPOINTS);
const ROUTERS_WITH_EXAMPLES = new WeakMap<readonly Operation[], Router<Endpoint>>();

/** The way to everything that the world answers: what is modelled, and beside it what it has by example. */
export function routerOf({ exampleOperations }: World): Router<Endpoint> {
  if (exampleOperations.length === 0) return ROUTER;
  const known = ROUTERS_WITH_EXAMPLES.get(exampleOperations);
  if (known) return known;
  const made = new Router<Endpoint>(besideModelled(MODELLED_ENDPOINTS, exampleOperations.map(endpointOf)));
  ROUTERS_WITH_EXAMPLES.set(exampleOperations, made);
  return made;
}
