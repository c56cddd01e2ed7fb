import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GatewayKeys, permitToken } from '../../access/gateway-keys.ts';
import type { Budgets } from '../../broker/budgets.ts';
import { FORCE_INTERVAL_MS } from '../../broker/forced-refreshes.ts';
import type { RingCxTokens } from '../../broker/ring-cx.ts';
import type { Tokens } from '../../broker/tokens.ts';
import type { AuditTrail } from '../../domain/audit.ts';
import type { Client } from '../../domain/client.ts';
import { RefreshTooSoon } from '../../domain/errors.ts';
import type { FreezeGuard } from '../../domain/freeze.ts';
import { type Grant, isUsable, usableUntil } from '../../domain/grant.ts';
import type { HandedToken } from '../../domain/management.ts';
import type { RingCxGrant } from '../../domain/ring-cx-grant.ts';
import { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../runtime/clock.ts';
import { entryOf, resultOf } from '../audit.ts';
import { bearer } from '../bearer.ts';
import { NameParams } from '../contract.ts';
import { RejectedBody, TokenAnswer, TokenQuery } from '../contract-tokens.ts';
import { operation } from '../operation.ts';

const tags = ['tokens'] as const;

const get = operation({
  operationId: 'getToken',
  summary: 'A usable access token of a Connection, for a Client whose Policy lets it have one',
  tags,
  credential: 'gatewayKey',
  answers: { 200: TokenAnswer },
});
const replace = operation({
  operationId: 'replaceToken',
  summary: 'The newer access token, where the platform refused one before its time: the stored one, else by one forced Refresh',
  tags,
  credential: 'gatewayKey',
  answers: { 200: TokenAnswer },
});

/** What the token routes are handed. */
export interface TokenRouteParts {
  readonly gatewayKeys: GatewayKeys;
  readonly tokens: Pick<Tokens, 'usableGrant' | 'newerGrant'> & { readonly budgets: Pick<Budgets, 'findTrouble'> };
  readonly ringCx: Pick<RingCxTokens, 'usableToken' | 'newerToken'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>;
  readonly trail: AuditTrail;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * `/trunkline/api/connections/{name}/token`: the one place where access tokens leave.
 *
 * It takes a gateway key and nothing else: the admin token manages, it does not use.
 */
export function tokenRoutes({ gatewayKeys, tokens, ringCx, freezes, trail, clock }: TokenRouteParts): FastifyPluginAsyncTypebox {
  return async (server) => {
    const callers = new WeakMap<FastifyRequest, Client>();
    const entry = (request: FastifyRequest) => {
      const client = callers.get(request);
      return entryOf(request, client ? `client ${client.name}` : 'unknown');
    };
    server.addHook('onSend', async (request, reply) => {
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache').header('x-content-type-options', 'nosniff');
      if (reply.statusCode < 400) return;
      const line = { ...entry(request), result: resultOf(request, reply) };
      // During a stop every program comes again and again: that is counted, and does not fill the trail.
      await (callers.has(request) && line.result !== 'frozen' ? trail.note(line) : trail.refused(line));
    });
    server.addHook('onRequest', async (request) => {
      const client = await gatewayKeys.findClient(bearer(request.headers));
      callers.set(request, client);
    });

    const permit = (request: FastifyRequest, connection: string) => {
      const client = callers.get(request);
      if (!client) throw new TypeError('the hook has found no Client');
      permitToken(freezes, client, connection, request.callerAddress);
    };

    // The line comes first: a token whose hand-out cannot be written down is not handed out. While the database is busy
    // that takes seconds, and another node may have replaced the token by then, or an operator have frozen it.
    const give = async (request: FastifyRequest, reply: FastifyReply, grant: Grant) => {
      await trail.record({ ...entry(request), result: 'ok' });
      permit(request, grant.connection);
      await freezes.requireConnection(grant.connection, grant.app);
      const lasting = isUsable(grant, clock.now()) ? grant : await tokens.usableGrant(grant.connection, onBehalf(request));
      // It is good; its holder may want to know that the next one may be late.
      const trouble = await tokens.budgets.findTrouble(lasting.app).catch(() => undefined);
      if (trouble) reply.header('trunkline-warning', trouble);
      return handOut(lasting, clock.now());
    };

    const giveRingCx = async (request: FastifyRequest, grant: RingCxGrant) => {
      await trail.record({ ...entry(request), action: 'getRingCxToken', result: 'ok' });
      permit(request, grant.connection);
      await freezes.requireConnection(grant.connection, grant.app);
      const lasting = isUsable(grant, clock.now()) ? grant : await ringCx.usableToken(grant.connection);
      return handOutRingCx(lasting, clock.now());
    };

    const onBehalf = (request: FastifyRequest) => ({ client: callers.get(request)?.name ?? '' });

    server.get('/connections/:name/token', { schema: { ...get, params: NameParams, querystring: TokenQuery } }, async (request, reply) => {
      const { name } = request.params;
      permit(request, name);
      if (request.query.for === 'ringcx') return giveRingCx(request, await ringCx.usableToken(name));
      return give(request, reply, await tokens.usableGrant(name, onBehalf(request)));
    });
    server.post(
      '/connections/:name/token',
      { schema: { ...replace, params: NameParams, querystring: TokenQuery, body: RejectedBody } },
      async (request, reply) => {
        const { name } = request.params;
        permit(request, name);
        const rejected = new Secret(request.body.rejected);
        if (request.query.for === 'ringcx') {
          const present = await ringCx.usableToken(name);
          if (!present.accessToken.equals(rejected)) return giveRingCx(request, present);
          const newer = await ringCx.newerToken(present, { hearsay: true });
          if (!newer) throw new RefreshTooSoon(name, FORCE_INTERVAL_MS);
          return giveRingCx(request, newer);
        }
        const present = await tokens.usableGrant(name, onBehalf(request));
        if (!present.accessToken.equals(rejected)) return give(request, reply, present);
        const newer = await tokens.newerGrant(present, { hearsay: true, ...onBehalf(request) });
        if (!newer) throw new RefreshTooSoon(name, FORCE_INTERVAL_MS);
        return give(request, reply, newer);
      },
    );
  };
}

/**
 * An access token as it is handed out.
 *
 * `expires_in` says how long it may still be handed on, so that whoever keeps to it never meets an expired one.
 */
export function handOut(grant: Grant, now: number): HandedToken {
  return {
    access_token: grant.accessToken.reveal(),
    token_type: 'bearer',
    expires_in: Math.max(0, Math.floor((usableUntil(grant) - now) / 1_000)),
    scope: grant.scope,
    ...(grant.ownerId !== undefined && { owner_id: grant.ownerId }),
  };
}

/** An access token of RingCX as it is handed out, with the ids that RingCX's paths are made of. */
export function handOutRingCx(grant: RingCxGrant, now: number): HandedToken {
  const { accessToken, mainAccountId, adminId, agentDetails } = grant;
  return {
    access_token: accessToken.reveal(),
    token_type: 'bearer',
    expires_in: Math.max(0, Math.floor((usableUntil(grant) - now) / 1_000)),
    ...(mainAccountId !== undefined && { main_account_id: mainAccountId }),
    ...(adminId !== undefined && { admin_id: adminId }),
    agent_details: agentDetails,
  };
}
