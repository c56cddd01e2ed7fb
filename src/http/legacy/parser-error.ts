import { type Server, type ServerOptions, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../domain/error-catalogue.ts';
import { type LegacyApi, legacyApiOf } from '../../legacy/path.ts';
import { FAILED } from '../../legacy/ringout/failed.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { leaveToRequests } from './in-flight.ts';
import { FAX_NOT_TAKEN, plainTextHeaders } from './plain-text.ts';
import { keepRequestHead, requestHead } from './request-head.ts';

// How long a connection that was answered stays open for what its program is still sending; closed at once, it would
// be reset, and the answer lost.
const LINGER_MS = 2_000;
// How long, and for how many bytes, the path of a request that broke the parser is waited for. Programs send a request
// line within one round trip, and the longest path that is ours, with a scheme and a host in front, ends well before.
const HOLD_MS = 5_000;
const HOLD_BYTES = 8 * 1024;

/**
 * How the server in front must be made so that old programs get an answer they can read.
 *
 * - `maxHeaderSize`: GET lines of 64 KiB are taken and longer ones refused in the old way, which needs them parsed:
 *   four times that.
 * - `requireHostHeader`: programs from before HTTP/1.1 send none; `findFault` has everybody else turned away.
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
export function answerParserErrors(server: Server, others: OtherRequests = {}): void {
  server.on('connection', keepRequestHead);
  server.on('clientError', createClientErrorHandler(systemClock, others));
}

/** What becomes of requests that are not legacy ones. */
export interface OtherRequests {
  /** Leaves the connection to the request that is under way on it. @returns whether there is one */
  leave?(socket: Duplex): boolean;
  /** One was refused. */
  refused?(socket: Duplex, code: ErrorCode): void;
}

/**
 * Answers what Node's HTTP parser could not read: for the server's 'clientError' event.
 *
 * Node answers such requests with a bare 400 or 431, which an old program cannot read. So the request line is taken
 * from the raw packet, and from what was kept of those before it: where it names a legacy path, however broken the rest,
 * the answer is HTTP 200 with `FAILED Invalid Request`, or the digit of the fax interface; otherwise it is 400, 408 or 431 with a problem document. The
 * connection is closed in any case.
 *
 * A method that nobody knows breaks the parser before the path has come. Each packet that follows breaks it again, and
 * so brings the rest of the path: until that can be judged the answer is held back.
 */
export function createClientErrorHandler(clock: Pick<Clock, 'deadline'> = systemClock, others: OtherRequests = {}): (error: Error, socket: Duplex) => void {
  // A socket that is gone takes its entry with it.
  const held = new WeakMap<Duplex, { bytes: Buffer }>();

  const answer = (error: ClientError, socket: Duplex, bytes: Buffer): void => {
    clock.deadline(LINGER_MS).addEventListener('abort', () => socket.destroy());
    const [api, method] = legacyRequestOf(bytes);
    socket.end(api ? legacyAnswer(api, method) : rawProblem(error));
    if (!api) others.refused?.(socket, CODES[statusOf(error.code)]);
  };

  const hold = (error: ClientError, socket: Duplex, bytes: Buffer): void => {
    const request = { bytes };
    held.set(socket, request);
    const judge = (): void => {
      if (socket.writable) answer(error, socket, request.bytes);
    };
    clock.deadline(HOLD_MS).addEventListener('abort', judge);
    // Node closes a connection that its program has half closed: the answer goes before.
    socket.prependListener('end', judge);
  };

  return (error: ClientError, socket) => {
    if (socket.destroyed) return;
    if (error.code === 'ECONNRESET') return void socket.destroy();
    // Answered already: this is the rest of what was being sent, and goes nowhere.
    if (!socket.writable) return;
    if (leaveToRequests(socket) || others.leave?.(socket)) return;
    if (answerHasBegun(socket)) return void socket.destroy();

    const before = held.get(socket);
    const bytes = Buffer.concat([before?.bytes ?? requestHead(socket), error.rawPacket ?? Buffer.alloc(0)]);
    if (!before) socket.on('error', () => undefined);
    if (!error.rawPacket || bytes.length > HOLD_BYTES || !endsInPath(bytes)) return answer(error, socket, bytes);
    if (before) before.bytes = bytes;
    else hold(error, socket, bytes);
  };
}

function legacyRequestOf(bytes: Buffer): readonly [LegacyApi | undefined, string] {
  const [method, target] = requestLine(bytes);
  return [legacyApiOf(target), method];
}

function legacyAnswer(api: LegacyApi, method: string): string {
  const body = api === 'faxout' ? FAX_NOT_TAKEN : FAILED.request;
  return raw(200, plainTextHeaders(body.length, true), method === 'HEAD' ? '' : body);
}

function rawProblem({ code }: ClientError): string {
  const status = statusOf(code);
  const body = problem(status, 'The request cannot be parsed as HTTP/1.1.');
  return raw(status, problemHeaders(body), body);
}

/** Method and target, as far as they can be made out. */
function requestLine(bytes: Buffer): readonly [string, string] {
  const text = bytes.toString('latin1');
  const [, method = '', target = ''] = /^[\r\n]*([^\s]{1,32})[ \t]+([^\s]*)/.exec(text) ?? [];
  return [method, target];
}

/** Whether these bytes may be the beginning of a request line whose path has not come to its end. */
function endsInPath(bytes: Buffer): boolean {
  return /^[\r\n]*(?:[!-~]{0,32}|[!-~]{1,32}[ \t]+[^\s?#]*)$/.test(bytes.toString('latin1'));
}

const CODES = { 400: 'framing_unclear', 408: 'request_too_slow', 431: 'headers_too_large' } as const satisfies Readonly<Record<number, ErrorCode>>;

function statusOf(code: string | undefined): 400 | 408 | 431 {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

// Node keeps the answer under way on the socket; its own handler looks there for the same reason: in the midst of an
// answer a second one would be read as a part of it.
function answerHasBegun(socket: Duplex & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

function problem(status: 400 | 408 | 431, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code: CODES[status], detail });
}

function problemHeaders(body: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'content-length': String(body.length), connection: 'close' };
}

function raw(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
