import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClientLimits } from '../../src/domain/client-limits.ts';
import { Secret } from '../../src/domain/secret.ts';
import { gateway } from '../http/gateway.ts';
import { TOKEN_PATH } from '../world.ts';

// The platform takes longer request lines than Node would.
const HEAD_BYTES = 256 * 1024;

/** What of the two sides is other than usual. */
export interface Odd extends NonNullable<Parameters<typeof gateway>[0]> {
  /** Before the platform listens. */
  readonly platform?: (server: Server) => void;
  /** Before the gateway listens. */
  readonly front?: (server: Server) => void;
  /** Of the Client. */
  readonly limits?: ClientLimits;
  /** In the place of an answer of the token endpoint. */
  readonly token?: (response: ServerResponse) => void;
}

/** A gateway in front of a platform that does what a test wants, on a port of its own. */
export async function inFrontOf(answer: (request: IncomingMessage, response: ServerResponse) => void, odd: Odd = {}) {
  const { platform: prepare, front, limits, token = giveToken, ...of } = odd;
  const platform = createServer({ maxHeaderSize: HEAD_BYTES }, (request, response) => {
    if (request.url === TOKEN_PATH) token(response);
    else answer(request, response);
  });
  prepare?.(platform);
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  const platformOrigin = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;

  const at = await gateway({ names: [], ...of });
  await at.apps.createApp({ name: 'odd', platformOrigin, clientId: 'id', clientSecret: new Secret('secret') });
  await at.connections.createConnection({
    name: 'desk',
    app: 'odd',
    credentials: [{ kind: 'password', username: '15555550100', password: new Secret('1234') }],
  });
  const { body } = await at.manage('POST', 'clients', { name: 'crm', connections: ['desk'], ...(limits && { limits }) });
  front?.(at.server.server);
  await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    platform.closeAllConnections();
    platform.close();
    at.server.server.closeAllConnections();
    await at.server.close();
  });
  const { port } = at.server.server.address() as AddressInfo;
  return { ...at, platform, platformOrigin, key: String(body.key), port, origin: `http://127.0.0.1:${port}` };
}

let given = 0;

export function giveToken(response: ServerResponse): void {
  given += 1;
  response.writeHead(200, { 'content-type': 'application/json' });
  const pair = { access_token: `A${given}`, refresh_token: `R${given}`, token_type: 'bearer', expires_in: 3_600, refresh_token_expires_in: 604_800 };
  response.end(JSON.stringify({ ...pair, owner_id: '1', session_id: 'S', scope: 'ReadAccounts' }));
}
