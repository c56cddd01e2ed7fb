import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ClientCache } from '../access/client-cache.ts';
import type { GatewayKeys } from '../access/gateway-keys.ts';
import type { BridgeCallers } from '../domain/bridge-session.ts';
import { GatewayError, OriginNotListed } from '../domain/errors.ts';
import { readPresented } from '../proxy/presented.ts';
import { refuseWithProblem } from './unclear.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS';
// What RingCentral's JavaScript SDK looks at on RingCentral's answers, and what says more than those do.
const EXPOSED =
  'X-Rate-Limit-Group, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Window, RCRequestId, Discovery-Tag, Discovery-Required, Retry-After, Trunkline-Error';
const PREFLIGHT_SECONDS = '600';
// A page asks for some ten names.
const LONGEST_HEADER_NAMES = 1_000;

/** Who is asked about pages of other origins. */
export interface CrossOriginParts {
  readonly clients: Pick<ClientCache, 'listsOrigin'>;
  readonly bridge: BridgeCallers;
  readonly keys: Pick<GatewayKeys, 'findClient'>;
}

/**
 * Has a request served that may come from a page of another origin. Only the pages that a Client lists may call: those of any
 * Client, as long as it is not known whose the request is; and then that Client's.
 *
 * The platform itself lets every page call, and its answers say so: here they say what this gateway allows.
 *
 * @see Fetch Standard, "CORS protocol"
 */
export function createCrossOrigin(parts: CrossOriginParts): (request: IncomingMessage, response: ServerResponse, serve: () => void) => void {
  return (request, response, serve) => {
    const { origin } = request.headers;
    if (origin === undefined) return serve();
    void decide(parts, request, origin).then((allowed) => {
      // Whoever has left meanwhile is not served.
      if (response.destroyed || request.socket.destroyed) return;
      if (isPreflight(request)) return answerPreflight(request, response, allowed ? origin : undefined);
      replaceHeaders(response, allowed ? answerHeaders(origin) : []);
      serve();
    });
  };
}

async function decide({ clients, bridge, keys }: CrossOriginParts, request: IncomingMessage, origin: string): Promise<boolean> {
  try {
    if (!(await clients.listsOrigin(origin))) return false;
    const { key } = readPresented(request.url ?? '', request.headers.authorization);
    const client = key?.startsWith('tlb_') ? (await bridge.findCaller(key)).client : await keys.findClient(key);
    return client.bridge?.origins.includes(origin) === true;
  } catch (error) {
    // Nobody is known yet, or his token is over, which a page has to read.
    return error instanceof GatewayError && error.status === 401;
  }
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function answerHeaders(origin: string): string[] {
  return ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true', 'Access-Control-Expose-Headers', EXPOSED];
}

function answerPreflight(request: IncomingMessage, response: ServerResponse, allowed: string | undefined): void {
  if (allowed === undefined) refuseWithProblem(response, new OriginNotListed(request.headers.origin ?? ''));
  else response.writeHead(204, [...answerHeaders(allowed), ...preflightHeaders(request), 'Vary', 'Origin, Access-Control-Request-Headers']).end();
}

// Which headers a page sends decides nothing here, so it may send what it likes.
function preflightHeaders({ headers }: IncomingMessage): string[] {
  const wanted = headers['access-control-request-headers'] ?? '';
  const names = /^[\w!#$%&'*+.^`|~, -]+$/.test(wanted) && wanted.length <= LONGEST_HEADER_NAMES ? ['Access-Control-Allow-Headers', wanted] : [];
  return ['Access-Control-Allow-Methods', METHODS, ...names, 'Access-Control-Max-Age', PREFLIGHT_SECONDS];
}

/** Whoever writes the head of the answer, and in whichever of Node's ways: what it says to pages of other origins is this. */
function replaceHeaders(response: ServerResponse, own: readonly string[]): void {
  const writeHead = response.writeHead.bind(response) as (status: number, reason: string | undefined, headers: string[]) => ServerResponse;
  response.writeHead = (status: number, reason?: Head | string, headers?: Head) => {
    const [said, given] = typeof reason === 'string' ? [reason, headers] : [undefined, reason ?? headers];
    return writeHead(status, said, [...withoutOrigins(given), ...own, 'Vary', 'Origin']);
  };
}

type Head = OutgoingHttpHeaders | OutgoingHttpHeader[];

function withoutOrigins(head: Head = []): string[] {
  const pairs = Array.isArray(head) ? Array.from({ length: head.length / 2 }, (_, at) => [head[2 * at], head[2 * at + 1]]) : Object.entries(head);
  return pairs.flatMap(([name, value]) => (isAboutOrigins(String(name)) ? [] : [value ?? ''].flat().flatMap((each) => [String(name), String(each)])));
}

function isAboutOrigins(name: string): boolean {
  return name.toLowerCase().startsWith('access-control-');
}
