import type { World } from '../world.ts';
import type { Answering } from './answer.ts';
import type { PathParameters } from './operation.ts';
import type { PlatformRequest } from './platform-request.ts';
import type { Routed } from './route.ts';

/** Something the platform answers by rules of its own, outside the REST API's: sign-in, a page, RingCX. */
export interface Endpoint extends Routed {
  /** @throws Refused */
  answer(world: World, request: PlatformRequest, parameters: PathParameters): Answering;
}
