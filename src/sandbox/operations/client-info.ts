import { jsonAnswer } from '../wire/answer.ts';
import type { Operation, TokenOperation } from '../wire/operation.ts';

/**
 * What the platform knows of the program that asks. RingCentral's SDK asks it only to learn whether a session is alive.
 *
 * @see the old API's definitions: `client`, `provisioning`
 */
const getClientInfo: TokenOperation = {
  access: 'token',
  method: 'GET',
  path: '/restapi/v1.0/client-info',
  group: 'Light',
  permission: 'ReadClientInfo',
  answer: ({ world, app, request }) =>
    jsonAnswer(200, {
      uri: `${world.origin}/restapi/v1.0/client-info`,
      client: { detected: true, userAgent: request.headers['user-agent'] ?? '', appId: app.clientId, appName: app.name ?? app.clientId, locale: 'en-US' },
      provisioning: { webUris: {}, hints: {} },
    }),
};

/** What a program may ask about itself. */
export const CLIENT_INFO_OPERATIONS: readonly Operation[] = [getClientInfo];
