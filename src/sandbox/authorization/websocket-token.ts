import { randomText } from '../../runtime/random.ts';
import { jsonAnswer } from '../wire/answer.ts';
import type { TokenOperation } from '../wire/operation.ts';

const TOKEN_BYTES = 32;
// As RingCentral's own client library expects it.
const LIFETIME_SECONDS = 600;

/**
 * A token for a WebSocket. The sandbox has no WebSocket behind the address: what it answers here has the platform's shape only.
 *
 * @see RingCentral OpenAPI `authWsToken`
 */
export const createWebSocketToken: TokenOperation = {
  access: 'token',
  method: 'POST',
  path: '/restapi/oauth/wstoken',
  group: 'Auth',
  permission: 'WebSocket',
  subjects: ['user'],
  answer: ({ world }) =>
    jsonAnswer(200, {
      uri: `${world.origin.replace(/^http/, 'ws')}/ws`,
      ws_access_token: `SBXW${randomText(world.random, TOKEN_BYTES)}`,
      expires_in: LIFETIME_SECONDS,
    }),
};
