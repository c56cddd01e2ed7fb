import { isIP } from 'node:net';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { clientAddress } from '../../access/client-address.ts';
import type { LimitsExplained } from '../../access/explain-limits.ts';
import type { Explanation } from '../../access/explain-request.ts';
import type { AskedRequest } from '../../access/permit-request.ts';
import { InvalidRequest } from '../../domain/errors.ts';
import type { TrustedProxies } from '../../domain/source.ts';
import { ExplainAnswer, ExplainBody } from '../contract-explain.ts';
import { operation } from '../operation.ts';

const THIS_MACHINE = '127.0.0.1';

const explain = operation({
  operationId: 'explainRequest',
  summary: 'Say which rule decides about a request of a Client, without making it',
  tags: ['clients'],
  answers: { 200: ExplainAnswer },
});

/** What the route is handed. */
export interface ExplainRouteParts {
  readonly trustProxy: TrustedProxies;
  explainRequest(client: string, asked: AskedRequest): Promise<Explanation>;
}

function limitsToWire({ platform, client, idempotencyKey }: LimitsExplained) {
  const { limits, ...ofClient } = client;
  const { durationMs, idleMs, ...figures } = limits;
  return {
    ...(platform && { platform: platformToWire(platform) }),
    client: { ...figures, durationSeconds: durationMs / 1_000, idleSeconds: idleMs / 1_000, ...ofClient },
    idempotencyKey,
  };
}

function platformToWire({ limit, ...platform }: NonNullable<LimitsExplained['platform']>) {
  return { ...platform, ...(limit && { limit: limit.limit, windowSeconds: limit.windowMs / 1_000 }) };
}

/** `POST /trunkline/api/explain-request` */
export function explainRoutes({ trustProxy, explainRequest }: ExplainRouteParts): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/explain-request', { schema: { ...explain, body: ExplainBody } }, async (request) => {
      const { client, connection, method, path, address = THIS_MACHINE, headers = {} } = request.body;
      if (isIP(address) === 0) throw new InvalidRequest([{ field: 'address', message: 'must be an IPv4 or IPv6 address' }]);
      const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const from = clientAddress({ remoteAddress: address, headers: given }, trustProxy);
      const explanation = await explainRequest(client, { method: method.toUpperCase(), url: path, address: from, connection });
      const { rules, operation: described, limits, ...rest } = explanation;
      return {
        ...rest,
        rules: [...rules],
        ...(limits && { limits: limitsToWire(limits) }),
        ...(described && { operation: { ...described, permissions: [...described.permissions] } }),
      };
    });
  };
}
