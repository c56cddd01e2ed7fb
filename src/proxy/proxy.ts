import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Budgets } from '../broker/budgets.ts';
import type { App } from '../domain/app.ts';
import type { EffectiveLimits } from '../domain/client-limits.ts';
import { GatewayError, HeadersTooLarge } from '../domain/errors.ts';
import { limitGroupOf } from '../domain/limit-group.ts';
import type { Permit, PlatformGate } from '../domain/platform-limits.ts';
import type { ClientGate } from '../limits/client-gate.ts';
import type { IdempotencyKeys } from '../limits/idempotency-keys.ts';
import type { Log } from '../runtime/log.ts';
import { readBody } from './body.ts';
import { type Allowed, type CallerParts, type Inbound, permitForwarding, targetOf } from './caller.ts';
import type { Change } from './change.ts';
import { forward } from './forward.ts';
import { headerOf } from './headers.ts';
import { once } from './once.ts';
import { Presence } from './presence.ts';
import { sendRefusal } from './refusal.ts';
import { linksBack } from './rewrite-links.ts';
import type { SpoolRoom } from './spool.ts';
import type { TimeKeeper } from './time-keeper.ts';
import { type TokenParts, tokenFor, whyRefused } from './tokens.ts';
import type { Upstreams } from './upstreams.ts';

// A caller who has no slot for a token request of its own within this time is told when to come back.
const AUTH_WAIT_MS = 10_000;

/** What the proxy is handed. */
export interface ProxyParts extends CallerParts, TokenParts {
  readonly upstreams: Upstreams;
  readonly clientGate: ClientGate;
  readonly platformGate: PlatformGate;
  readonly budgets: Pick<Budgets, 'waitBehindRefreshes'>;
  readonly idempotency: Pick<IdempotencyKeys, 'begin'>;
  readonly spool: SpoolRoom;
  readonly times: TimeKeeper;
  /** Where callers reach this gateway, for links that are to lead back to it. */
  readonly publicOrigin: (request: IncomingMessage) => string;
  readonly addressOf: (request: IncomingMessage) => string;
  /** One request is over: what became of it is counted. */
  readonly count: (outcome: ProxyOutcome) => void;
  readonly log: Log;
}

/** What became of a request, for counters and the audit trail. */
export interface ProxyOutcome {
  /** Absent: whose key it was is not known. */
  readonly client?: string;
  readonly connection?: string;
  readonly method: string;
  readonly address: string;
  /** The status that the caller got. */
  readonly status: number;
  /** Ours, where the platform did not answer. */
  readonly code?: string;
}

/** A request with its answer to be, on its way through. */
interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly inbound: Inbound;
  readonly presence: Presence;
  readonly change: Change | undefined;
}

/** Forwards requests to the platform and to RingCX, with the token put in, as far as the Client's Policy allows. */
export function createProxy(parts: ProxyParts): (request: IncomingMessage, response: ServerResponse, change?: Change) => void {
  return (request, response, change) => {
    request.on('error', ignore);
    response.on('error', ignore);
    const passage = { request, response, inbound: inboundOf(parts, request), presence: new Presence(request, response), change };
    serve(parts, passage)
      .catch((error: unknown) => refuse(parts, passage, error))
      .finally(() => passage.presence.end());
  };
}

/** What a request is, before anything is known of its sender. */
function inboundOf({ addressOf }: Pick<ProxyParts, 'addressOf'>, request: IncomingMessage): Inbound {
  const named = request.headers['trunkline-connection'];
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    authorization: request.headers.authorization,
    override: headerOf(request.rawHeaders, 'x-http-method-override'),
    connection: typeof named === 'string' && named !== '' ? named : undefined,
    address: addressOf(request),
  };
}

async function serve(parts: ProxyParts, passage: Passage): Promise<void> {
  const { request, inbound, presence, change } = passage;
  const allowed = await presence.wait(permitForwarding(parts, inbound));
  const { client, connection } = allowed;
  const pass = parts.clientGate.enter(client);
  let status = 0;
  try {
    presence.keepTime(parts.times, pass.limits);
    requireHeaders(request, pass.limits.headerBytes);
    status = await send(parts, passage, allowed, pass.limits);
    parts.count({ client: client.name, connection, method: inbound.method, address: inbound.address, status });
  } catch (error) {
    throw error instanceof GatewayError ? new Refused(error, allowed) : error;
  } finally {
    if (status === 101) change?.caller.once('close', () => pass.leave());
    else pass.leave();
  }
}

// Each line has a colon, a blank and its end besides.
function requireHeaders({ rawHeaders }: IncomingMessage, mostBytes: number): void {
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length + 2;
  if (bytes > mostBytes) throw new HeadersTooLarge(mostBytes, 'bytes');
}

/** An error, with whom it met. */
class Refused extends Error {
  readonly error: GatewayError;
  readonly allowed: Allowed;

  constructor(error: GatewayError, allowed: Allowed) {
    super(error.message, { cause: error });
    this.error = error;
    this.allowed = allowed;
  }
}

async function send(parts: ProxyParts, { request, response, presence, change }: Passage, allowed: Allowed, limits: EffectiveLimits): Promise<number> {
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await presence.wait(readBody(request, parts.spool, limits.bodyBytes));
  return once(parts.idempotency, { request, response, allowed, body, presence }, async (recording) => {
    const { app, token } = await presence.wait(tokenFor(parts, allowed));
    const permit = await admit(parts, app, allowed, presence);
    const { servedBy, client, throughBridge } = allowed;
    try {
      return await forward({
        request,
        response,
        upstream: parts.upstreams.to(app[servedBy]),
        target: targetOf(allowed),
        body,
        presence,
        times: parts.times,
        change,
        token,
        ...((client.rewriteLinks || throughBridge) && { rewrite: linksBack(app, servedBy, parts.publicOrigin(request)) }),
        ...(throughBridge && { lastRefused: () => whyRefused(parts, allowed.connection) }),
        onHead: (status, headers) => {
          permit.answered({ get: (name: string) => headerOf(headers, name) }, status);
          recording?.onHead(status, headers);
        },
        onData: recording && ((chunk) => recording.onData(chunk)),
      });
    } finally {
      // Without effect where an answer came.
      permit.lost();
    }
  });
}

// What counts against the Auth limit takes a slot of the App's budget, as our own token requests do, and after them.
async function admit(parts: ProxyParts, app: App, { client, connection, operation }: Allowed, presence: Presence): Promise<Permit> {
  if (operation?.group === 'Auth') await presence.wait(parts.budgets.waitBehindRefreshes(app.name, AUTH_WAIT_MS));
  const group = limitGroupOf(operation?.group);
  const permit = await parts.platformGate.admit({ app: app.name, connection, group, client: client.name, signal: presence.signal });
  try {
    // It may have waited for seconds: what was frozen meanwhile does not leave.
    parts.freezes.requireClient(client.name);
    await parts.freezes.requireConnection(connection, app.name);
    return permit;
  } catch (error) {
    permit.unused();
    throw error;
  }
}

function refuse(parts: ProxyParts, { request, response, inbound }: Passage, thrown: unknown): void {
  const error = thrown instanceof Refused ? thrown.error : thrown;
  const allowed = thrown instanceof Refused ? thrown.allowed : undefined;
  if (!(error instanceof GatewayError)) parts.log.error('proxy.failed', { error: error instanceof Error ? error.message : String(error) });
  const { status, code } = sendRefusal(request, response, parts.times, error);
  const { method, address } = inbound;
  parts.count({ ...(allowed && { client: allowed.client.name, connection: allowed.connection }), method, address, status, code });
}

function ignore(): void {}
