import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PageAnswer } from '../connect/page.ts';
import { CommandFailed } from './say.ts';

/** What a browser brought back: the parameters of a redirect. */
export type Brought = Readonly<Record<'state' | 'code' | 'error' | 'iss', string | undefined>>;

/** A listener that waits for one browser to come back. */
export interface LoopbackListener {
  /** Its address, the port included. */
  readonly redirectUri: string;
  /**
   * Waits for the one request that has this `state`, answers it with the page that `judge` makes, and closes.
   *
   * @throws CommandFailed  nobody came in time
   */
  wait<Result>(
    state: string,
    signal: AbortSignal,
    judge: (brought: Brought) => Promise<{ readonly result: Result; readonly page: PageAnswer }>,
  ): Promise<Result>;
  close(): void;
}

/**
 * Listens on this machine alone, at the address of a redirect URI; where that names no port, at one that is free.
 *
 * @param registered  http on 127.0.0.1 or [::1]
 * @see RFC 8252 §7.3, §8.3
 */
export async function listenOnLoopback(registered: string): Promise<LoopbackListener> {
  const url = new URL(registered);
  const server = createServer({ keepAlive: false });
  server.listen(Number(url.port), url.hostname.replace(/[[\]]/g, ''));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [, host = '', path = ''] = /^(http:\/\/(?:\[[^\]]*\]|[^/:]+))(?::\d+)?(\/.*)?$/.exec(registered) ?? [];
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    redirectUri: `${host}:${port}${path}`,
    wait: (state, signal, judge) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new CommandFailed('Nobody came back from RingCentral in time; nothing was changed.')));
        server.on('request', (request: IncomingMessage, response: ServerResponse) => {
          const brought = broughtBy(request, url.pathname);
          // A browser asks for an icon too, and any page on this machine may ask for anything.
          if (brought?.state !== state) {
            response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing is here.\n');
            return;
          }
          server.removeAllListeners('request');
          judge(brought).then(({ result, page }) => {
            response.writeHead(page.status, page.headers).end(page.body, () => resolve(result));
          }, reject);
        });
      }),
    close,
  };
}

function broughtBy(request: IncomingMessage, pathname: string): Brought | undefined {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (request.method !== 'GET' || url.pathname !== pathname) return undefined;
  const one = (name: string) => (url.searchParams.getAll(name).length === 1 ? url.searchParams.get(name) || undefined : undefined);
  return { state: one('state'), code: one('code'), error: one('error'), iss: one('iss') };
}
