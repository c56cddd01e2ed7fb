import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError, PlatformUnreachable } from '../domain/errors.ts';
import { permitForwarding, targetOf } from './caller.ts';
import type { InjectedToken } from './forward.ts';
import { type RawHeaders, requestHeaders, responseHeaders } from './headers.ts';
import { inboundOf, type ProxyParts } from './proxy.ts';
import { tokenFor } from './tokens.ts';
import type { Upstream } from './upstream/upstream.ts';

/**
 * Forwards a request that wants to change to another protocol, WebSocket for example: once the platform has changed, bytes pass
 * both ways as they come. An answer that does not change is passed on, and the connection closed.
 *
 * @see RFC 9110 §7.8; RFC 6455 §4
 */
export function createUpgrade(parts: ProxyParts): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    upgrade(parts, request, socket, head).catch((error: unknown) => refuse(parts, request, socket, error));
  };
}

async function upgrade(parts: ProxyParts, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const inbound = inboundOf(parts, request);
  const allowed = await permitForwarding(parts, inbound);
  const { client, connection, servedBy } = allowed;
  const pass = parts.clientGate.enter(client);
  socket.once('close', () => pass.leave());
  const { app, token } = await tokenFor(parts, allowed);
  const status = await ask({ request, socket, head, upstream: parts.upstreams.to(app[servedBy]), target: targetOf(allowed) }, token, true);
  parts.count({ client: client.name, connection, method: inbound.method, address: inbound.address, status });
}

interface Asking {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the caller has sent in the other protocol already. */
  readonly head: Buffer;
  readonly upstream: Upstream;
  readonly target: string;
}

/** @returns the status that the caller got */
async function ask(asking: Asking, token: InjectedToken, mayRenew: boolean): Promise<number> {
  const { request, socket, head, upstream, target } = asking;
  const gone = new AbortController();
  const leave = () => gone.abort();
  socket.once('close', leave);
  try {
    const status = await new Promise<number>((resolve, reject) => {
      let answered = 0;
      upstream.request(
        {
          method: request.method ?? 'GET',
          path: target,
          headers: requestHeaders(request.rawHeaders, ['Authorization', `Bearer ${token.accessToken.reveal()}`]),
          upgrade: request.headers.upgrade ?? '',
          signal: gone.signal,
        },
        {
          onHead: (code, reason, headers) => {
            answered = code;
            if (code !== 401 || !mayRenew) socket.write(headText(code, reason, [...responseHeaders(headers), 'Connection', 'close']), 'latin1');
          },
          onData: (chunk) => {
            if (answered !== 401 || !mayRenew) socket.write(chunk);
          },
          onEnd: () => resolve(answered),
          onUpgrade: (headers, other, first) => {
            socket.write(headText(101, 'Switching Protocols', headers), 'latin1');
            join(socket, other, head, first);
            resolve(101);
          },
          onError: (fault) => reject(answered > 0 ? fault : new PlatformUnreachable(upstream.origin, fault)),
        },
      );
    });
    const newer = status === 401 && mayRenew ? await token.newer() : undefined;
    if (newer || (status === 401 && mayRenew)) return ask(asking, newer ?? token, false);
    if (status !== 101) socket.end();
    return status;
  } finally {
    socket.off('close', leave);
  }
}

function join(caller: Duplex, platform: Duplex, sent: Buffer, received: Buffer): void {
  if (received.length > 0) caller.write(received);
  if (sent.length > 0) platform.write(sent);
  caller.pipe(platform);
  platform.pipe(caller);
  caller.on('close', () => platform.destroy());
  platform.on('close', () => caller.destroy());
  platform.on('error', () => caller.destroy());
}

function headText(status: number, reason: string, headers: RawHeaders): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let index = 0; index < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${text}\r\n`;
}

function refuse(parts: ProxyParts, request: IncomingMessage, socket: Duplex, thrown: unknown): void {
  const error =
    thrown instanceof GatewayError ? thrown : new GatewayError('internal', 'Something went wrong that Trunkline does not know; its log has the cause.');
  if (!(thrown instanceof GatewayError)) parts.log.error('proxy.failed', { error: thrown instanceof Error ? thrown.message : String(thrown) });
  const body = JSON.stringify({ errorCode: error.code, message: error.message });
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body)), 'Trunkline-Error', error.code, 'Connection', 'close'];
  socket.end(`${headText(error.status, 'Refused', headers)}${body}`);
  const { method, address } = inboundOf(parts, request);
  parts.count({ method, address, status: error.status, code: error.code });
}
