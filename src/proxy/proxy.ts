import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Budgets } from '../broker/budgets.ts';
import type { App } from '../domain/app.ts';
import type { EffectiveLimits } from '../domain/client-limits.ts';
import { GatewayError, HeadersTooLarge } from '../domain/errors.ts';
import type { LimitGroup, Permit, PlatformGate } from '../domain/platform-limits.ts';
import type { ClientGate } from '../limits/client-gate.ts';
import type { IdempotencyKeys } from '../limits/idempotency-keys.ts';
import type { ThrottlingGroup } from '../ringcentral/facts/operations.ts';
import type { Log } from '../runtime/log.ts';
import { readBody } from './body.ts';
import { type Allowed, type CallerParts, type Inbound, permitForwarding, targetOf } from './caller.ts';
import { forward } from './forward.ts';
import { headerOf } from './headers.ts';
import { once } from './once.ts';
import { sendRefusal } from './refusal.ts';
import type { SpoolRoom } from './spool.ts';
import type { TimeKeeper } from './time-keeper.ts';
import { type TokenParts, tokenFor } from './tokens.ts';
import type { Upstreams } from './upstreams.ts';

// A caller who has no slot for a token request of its own within this time is told when to come back.
const AUTH_WAIT_MS = 10_000;

/** What the proxy is handed. */
export interface ProxyParts extends CallerParts, TokenParts {
  readonly upstreams: Upstreams;
  readonly clientGate: ClientGate;
  readonly platformGate: PlatformGate;
  readonly budgets: Pick<Budgets, 'waitForSlot'>;
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

/** Forwards requests to the platform and to RingCX, with the token put in, as far as the Client's Policy allows. */
export function createProxy(parts: ProxyParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    request.on('error', ignore);
    response.on('error', ignore);
    const inbound = inboundOf(parts, request);
    serve(parts, request, response, inbound).catch((error: unknown) => refuse(parts, inbound, response, error));
  };
}

/** What a request is, before anything is known of its sender. */
export function inboundOf({ addressOf }: Pick<ProxyParts, 'addressOf'>, request: IncomingMessage): Inbound {
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

async function serve(parts: ProxyParts, request: IncomingMessage, response: ServerResponse, inbound: Inbound): Promise<void> {
  const allowed = await permitForwarding(parts, inbound);
  const { client, connection } = allowed;
  const pass = parts.clientGate.enter(client);
  try {
    requireHeaders(request, pass.limits.headerBytes);
    const status = await send(parts, request, response, allowed, pass.limits);
    parts.count({ client: client.name, connection, method: inbound.method, address: inbound.address, status });
  } catch (error) {
    throw error instanceof GatewayError ? new Refused(error, allowed) : error;
  } finally {
    pass.leave();
  }
}

// Each line has a colon, a blank and its end besides.
function requireHeaders({ rawHeaders, url = '' }: IncomingMessage, mostBytes: number): void {
  let bytes = url.length;
  for (const text of rawHeaders) bytes += text.length + 2;
  if (bytes > mostBytes) throw new HeadersTooLarge(mostBytes);
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

async function send(parts: ProxyParts, request: IncomingMessage, response: ServerResponse, allowed: Allowed, limits: EffectiveLimits): Promise<number> {
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await readBody(request, parts.spool, limits.bodyBytes);
  return once(parts.idempotency, { request, response, allowed, body }, async (recording) => {
    const { app, token } = await tokenFor(parts, allowed);
    const permit = await admit(parts, app, allowed);
    const { servedBy, client } = allowed;
    try {
      return await forward({
        request,
        response,
        upstream: parts.upstreams.to(app[servedBy]),
        target: targetOf(allowed),
        body,
        times: { keeper: parts.times, allowed: limits },
        token,
        ...(client.rewriteLinks && { rewrite: { from: app[servedBy], to: parts.publicOrigin(request) } }),
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

const GROUPS: Readonly<Partial<Record<ThrottlingGroup, LimitGroup>>> = { Light: 'light', Medium: 'medium', Heavy: 'heavy' };

// What counts against the Auth limit takes a slot of the App's budget, as our own token requests do.
async function admit(parts: ProxyParts, app: App, { client, connection, operation }: Allowed): Promise<Permit> {
  if (operation?.group === 'Auth') await parts.budgets.waitForSlot(app.name, AUTH_WAIT_MS);
  const permit = await parts.platformGate.admit({ app: app.name, connection, group: operation && GROUPS[operation.group], client: client.name });
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

function refuse(parts: ProxyParts, inbound: Inbound, response: ServerResponse, thrown: unknown): void {
  const error = thrown instanceof Refused ? thrown.error : thrown;
  const allowed = thrown instanceof Refused ? thrown.allowed : undefined;
  if (!(error instanceof GatewayError)) parts.log.error('proxy.failed', { error: error instanceof Error ? error.message : String(error) });
  const { status, code } = sendRefusal(response, error);
  const { method, address } = inbound;
  parts.count({ ...(allowed && { client: allowed.client.name, connection: allowed.connection }), method, address, status, code });
}

function ignore(): void {}
