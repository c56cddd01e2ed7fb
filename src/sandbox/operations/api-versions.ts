import { jsonAnswer } from '../wire/answer.ts';
import type { PublicOperation } from '../wire/operation.ts';
import type { World } from '../world.ts';

// What the platform said of itself on 2026-08-15.
const SERVER = { serverVersion: '26.3.1.10210249', serverRevision: '6b1ddbc8' };
const VERSION = { versionString: '1.0.60', releaseDate: '2026-08-13T00:00:00.000Z', uriString: 'v1.0' };

/** Which versions of the API there are. */
export const listApiVersions: PublicOperation = {
  access: 'public',
  method: 'GET',
  path: '/restapi',
  answer: ({ world }) => jsonAnswer(200, { uri: `${world.origin}/restapi`, apiVersions: [version(world)], ...SERVER }),
};

/** The one version. */
export const getApiVersion: PublicOperation = {
  access: 'public',
  method: 'GET',
  path: '/restapi/v1.0',
  answer: ({ world }) => jsonAnswer(200, version(world)),
};

function version(world: World): object {
  return { uri: `${world.origin}/restapi/v1.0`, ...VERSION };
}
