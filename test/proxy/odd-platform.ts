import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { gateway } from '../http/gateway.ts';
import { TOKEN_PATH } from '../world.ts';

/** A gateway in front of a platform that does what a test wants, on a port of its own. */
export async function inFrontOf(answer: (request: IncomingMessage, response: ServerResponse) => void, more?: (server: Server) => void) {
  const platform = createServer((request, response) => {
    if (request.url === TOKEN_PATH) giveToken(response);
    else answer(request, response);
  });
  more?.(platform);
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  const platformOrigin = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;

  const at = await gateway({ names: [] });
  await at.apps.createApp({ name: 'odd', platformOrigin, clientId: 'id', clientSecret: new Secret('secret') });
  await at.connections.createConnection({
    name: 'desk',
    app: 'odd',
    credentials: [{ kind: 'password', username: '15555550100', password: new Secret('1234') }],
  });
  const key = await at.key(undefined, ['desk']);
  await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    platform.closeAllConnections();
    platform.close();
    await at.server.close();
  });
  const { port } = at.server.server.address() as AddressInfo;
  return { ...at, platform, platformOrigin, key, port, origin: `http://127.0.0.1:${port}` };
}

let given = 0;

function giveToken(response: ServerResponse): void {
  given += 1;
  response.writeHead(200, { 'content-type': 'application/json' });
  const pair = { access_token: `A${given}`, refresh_token: `R${given}`, token_type: 'bearer', expires_in: 3_600, refresh_token_expires_in: 604_800 };
  response.end(JSON.stringify({ ...pair, owner_id: '1', session_id: 'S', scope: 'ReadAccounts' }));
}
