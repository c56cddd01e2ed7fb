import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { EarlyBytes } from './early-bytes.ts';
import type { Presented } from './presented.ts';
import type { ProxyListener } from './proxy.ts';

const WEBSOCKET = 'websocket';

/**
 * Whether a request asks for a change that is passed on: to WebSocket. Any other is served as if it had not asked, which RFC 9110
 * §7.8 allows: Java's HTTP client offers h2c with every request, and means none of it.
 *
 * @see RFC 6455 §4.1: GET, and so without a body
 */
export function isWebSocket({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return method === 'GET' && !hasBody && headers.upgrade?.trim().toLowerCase() === WEBSOCKET;
}

/**
 * Forwards a request that wants to change to WebSocket: once the platform has changed, bytes pass both ways as they come. An answer
 * that does not change is passed on as any other, and the connection closed.
 *
 * @see RFC 9110 §7.8; RFC 6455 §4
 */
export function createUpgrade(proxy: ProxyListener): (request: IncomingMessage, presented: Presented, caller: Socket, sent: Buffer) => void {
  return (request, presented, caller, sent) => {
    caller.on('error', () => caller.destroy());
    const early = new EarlyBytes(caller, sent);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(caller);
    response.once('finish', () => caller.destroySoon());
    proxy(request, response, presented, { protocol: WEBSOCKET, caller, early });
  };
}
