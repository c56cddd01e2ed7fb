import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Budgets } from '../broker/budgets.ts';
import type { App } from '../domain/app.ts';
import type { AtOnce } from '../domain/at-once.ts';
import { GatewayError, HeadersTooLarge } from '../domain/errors.ts';
import { limitGroupOf } from '../domain/limit-group.ts';
import type { Permit, PlatformGate } from '../domain/platform-limits.ts';
import type { ClientGate, Pass } from '../limits/client-gate.ts';
import type { IdempotencyKeys } from '../limits/idempotency-keys.ts';
import type { Log } from '../runtime/log.ts';
import { headerOf } from '../runtime/raw-headers.ts';
import { type InboundBody, readBody } from './body.ts';
import { type Allowed, type CallerParts, type Inbound, permitForwarding, targetOf } from './caller.ts';
import type { Change } from './change.ts';
import { forward } from './forward.ts';
import { once, type Recording } from './once.ts';
import { Presence } from './presence.ts';
import type { Presented } from './presented.ts';
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
  readonly client?: string | undefined;
  readonly connection?: string | undefined;
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

/** Forwards a request to the platform or to RingCX, with the token put in. */
export type ProxyListener = (request: IncomingMessage, response: ServerResponse, presented: Presented, change?: Change) => void;

/** Forwards requests as far as the Client's Policy allows. */
export function createProxy(parts: ProxyParts): ProxyListener {
  return (request, response, presented, change) => {
    response.on('error', ignore);
    void serve(parts, { request, response, inbound: inboundOf(parts, request, presented), presence: new Presence(request, response), change });
  };
}

/** What a request is, before anything is known of its sender. */
function inboundOf({ addressOf }: Pick<ProxyParts, 'addressOf'>, request: IncomingMessage, presented: Presented): Inbound {
  const named = request.headers['trunkline-connection'];
  return {
    method: request.method ?? '',
    presented,
    override: headerOf(request.rawHeaders, 'x-http-method-override'),
    connection: typeof named === 'string' && named !== '' ? named : undefined,
    address: addressOf(request),
  };
}

async function serve(parts: ProxyParts, passage: Passage): Promise<void> {
  const { request, response, inbound, presence } = passage;
  let allowed: Allowed | undefined;
  let pass: Pass | undefined;
  let status = 0;
  try {
    // Only what is not there at once is waited for: every await is a turn of the event loop.
    const permit = presence.wait(permitForwarding(parts, inbound));
    const permitted = permit instanceof Promise ? await permit : permit;
    allowed = permitted;
    pass = parts.clientGate.enter(permitted.client);
    presence.keepTime(parts.times, pass.limits);
    requireHeaders(request, pass.limits.headerBytes);
    if (request.headers.expect !== undefined) response.writeContinue();
    const read = presence.wait(readBody(request, parts.spool, pass.limits.bodyBytes));
    const body = read instanceof Promise ? await read : read;
    const asked = { request, response, allowed: permitted, body, presence };
    status = await once(parts.idempotency, asked, (recording) => send(parts, passage, permitted, body, recording));
    parts.count({ client: permitted.client.name, connection: permitted.connection, method: inbound.method, address: inbound.address, status });
  } catch (error) {
    refuse(parts, passage, allowed, error);
  } finally {
    leave(passage, pass, status);
    presence.end();
  }
}

// One that has changed to another protocol takes up its place for as long as that lasts.
function leave({ change }: Passage, pass: Pass | undefined, status: number): void {
  if (status === 101) change?.caller.once('close', () => pass?.leave());
  else pass?.leave();
}

// Each line has a colon, a blank and its end besides.
function requireHeaders({ rawHeaders }: IncomingMessage, mostBytes: number): void {
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length + 2;
  if (bytes > mostBytes) throw new HeadersTooLarge(mostBytes, 'bytes');
}

async function send(parts: ProxyParts, passage: Passage, allowed: Allowed, body: InboundBody, recording: Recording | undefined): Promise<number> {
  const { request, response, presence, change } = passage;
  const { servedBy, client, throughBridge } = allowed;
  let permit: Permit | undefined;
  try {
    const found = presence.wait(tokenFor(parts, allowed));
    const { app, token } = found instanceof Promise ? await found : found;
    const admitted = admit(parts, app, allowed, presence);
    permit = admitted instanceof Promise ? await admitted : admitted;
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
      permit,
      recording,
      rewrite: client.rewriteLinks || throughBridge ? linksBack(app, servedBy, parts.publicOrigin(request)) : undefined,
      lastRefused: throughBridge ? () => whyRefused(parts, allowed.connection) : undefined,
    });
  } finally {
    // Without effect where an answer came.
    permit?.lost();
    const dropped = body.drop();
    if (dropped) await dropped;
  }
}

// What counts against the Auth limit takes a slot of the App's budget, as our own token requests do, and after them.
function admit(parts: ProxyParts, app: App, allowed: Allowed, presence: Presence): AtOnce<Permit> {
  if (allowed.operation?.group === 'Auth') return admitBehindRefreshes(parts, app, allowed, presence);
  const permit = wayOut(parts, app, allowed, presence);
  // Nobody has waited for it, and nothing is frozen.
  return permit instanceof Promise || !parts.freezes.isEmpty() ? stillAllowed(parts, app, allowed, permit) : permit;
}

async function admitBehindRefreshes(parts: ProxyParts, app: App, allowed: Allowed, presence: Presence): Promise<Permit> {
  await presence.wait(parts.budgets.waitBehindRefreshes(app.name, AUTH_WAIT_MS));
  return stillAllowed(parts, app, allowed, wayOut(parts, app, allowed, presence));
}

function wayOut(parts: ProxyParts, app: App, { client, connection, operation }: Allowed, { signal }: Presence): AtOnce<Permit> {
  return parts.platformGate.admit({ app: app.name, connection, group: limitGroupOf(operation?.group), client: client.name, signal });
}

async function stillAllowed(parts: ProxyParts, app: App, { client, connection }: Allowed, admitted: AtOnce<Permit>): Promise<Permit> {
  const permit = await admitted;
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

function refuse(parts: ProxyParts, { request, response, inbound }: Passage, allowed: Allowed | undefined, error: unknown): void {
  if (!(error instanceof GatewayError)) parts.log.error('proxy.failed', { error: error instanceof Error ? error.message : String(error) });
  const { status, code } = sendRefusal(request, response, parts.times, error);
  const { method, address } = inbound;
  parts.count({ client: allowed?.client.name, connection: allowed?.connection, method, address, status, code });
}

function ignore(): void {}
