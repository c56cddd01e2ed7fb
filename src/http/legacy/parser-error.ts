import { type IncomingMessage, type Server, type ServerOptions, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { FAILED } from '../../legacy/ringout/failed.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { leaveToRequests } from './in-flight.ts';
import { legacyApiOf } from './path.ts';
import { FAX_NOT_TAKEN, plainTextHeaders } from './plain-text.ts';
import { keepRequestHead, requestHead } from './request-head.ts';

// How long a connection that was answered stays open for what its program is still sending; closed at once, it would
// be reset, and the answer lost.
const LINGER_MS = 2_000;

/**
 * How the server in front must be made so that old programs get an answer they can read.
 *
 * - `maxHeaderSize`: GET lines of 64 KiB are taken and longer ones refused in the old way, which needs them parsed:
 *   four times that.
 * - `requireHostHeader`: programs from before HTTP/1.1 send none; `refuseMissingHost` turns away everybody else.
 * - `insecureHTTPParser`: never, whatever the process was started with. It would take ambiguous framing.
 */
export const LEGACY_SERVER_OPTIONS = {
  maxHeaderSize: 256 * 1024,
  requireHostHeader: false,
  insecureHTTPParser: false,
} as const satisfies ServerOptions;

/** What Node gives with a 'clientError'. */
interface ClientError extends Error {
  readonly code?: string;
  /** What was being parsed; absent where the error is not the parser's. */
  readonly rawPacket?: Buffer;
}

/** Has the server answer, in a way that old programs can read, what its parser cannot. */
export function answerParserErrors(server: Server): void {
  server.on('connection', keepRequestHead);
  server.on('clientError', createClientErrorHandler());
}

/**
 * Answers what Node's HTTP parser could not read: for the server's 'clientError' event.
 *
 * Node answers such requests with a bare 400 or 431, which an old program cannot read. So the request line is taken
 * from the raw packet, and from what was kept of those before it: where it names a legacy path, however broken the rest,
 * the answer is HTTP 200 with `FAILED Invalid Request`, or the digit of the fax interface; otherwise it is 400, 408 or 431 with a problem document. The
 * connection is closed in any case.
 */
export function createClientErrorHandler(clock: Pick<Clock, 'deadline'> = systemClock): (error: Error, socket: Duplex) => void {
  return (error: ClientError, socket) => {
    if (socket.destroyed) return;
    if (error.code === 'ECONNRESET') return void socket.destroy();
    // Answered already: this is the rest of what was being sent, and goes nowhere.
    if (!socket.writable) return;
    if (leaveToRequests(socket)) return;
    if (answerHasBegun(socket)) return void socket.destroy();

    socket.on('error', () => undefined);
    clock.deadline(LINGER_MS).addEventListener('abort', () => socket.destroy());
    socket.end(rawAnswer(error, requestHead(socket)));
  };
}

/**
 * Refuses a request without Host header as RFC 9112 §3.2 demands of HTTP/1.1, and as Node would, were it not told to
 * leave that to us for the sake of old programs. For the front to call on whatever is not a legacy path.
 *
 * @returns whether it was refused, and answered
 */
export function refuseMissingHost(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers.host !== undefined || request.httpVersion !== '1.1') return false;
  const body = problem(400, 'The request has no Host header.');
  response.writeHead(400, problemHeaders(body)).end(body);
  return true;
}

function rawAnswer(error: ClientError, head: Buffer): string {
  const [method, target] = requestLine(Buffer.concat([head, error.rawPacket ?? Buffer.alloc(0)]));
  const api = legacyApiOf(target);
  if (api) {
    const body = api === 'faxout' ? FAX_NOT_TAKEN : FAILED.request;
    return raw(200, plainTextHeaders(body.length, true), method === 'HEAD' ? '' : body);
  }
  const status = statusOf(error.code);
  const body = problem(status, 'The request cannot be parsed as HTTP/1.1.');
  return raw(status, problemHeaders(body), body);
}

/** Method and target, as far as they can be made out. */
function requestLine(bytes: Buffer): readonly [string, string] {
  const text = bytes.toString('latin1');
  const [, method = '', target = ''] = /^[\r\n]*([^\s]{1,32})[ \t]+([^\s]*)/.exec(text) ?? [];
  return [method, target];
}

function statusOf(code: string | undefined): 400 | 408 | 431 {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

// Node keeps the answer under way on the socket; its own handler looks there for the same reason: in the midst of an
// answer a second one would be read as a part of it.
function answerHasBegun(socket: Duplex & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

function problem(status: number, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code: 'invalid_request', detail });
}

function problemHeaders(body: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'content-length': String(body.length), connection: 'close' };
}

function raw(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
