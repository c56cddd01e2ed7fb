import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { externalEntryPoints, initialEntryPoints, openIdConfiguration } from '../../bridge/discovery.ts';

// The tag changes when the addresses do: here never.
const TAG = { 'discovery-tag': '1' };
const schema = { hide: true };

/** `/.well-known/*` as the platform has it: where programs find what they sign in with. It leads back here, never past the gateway. */
export function bridgeDiscoveryRoutes(publicOrigin: (request: IncomingMessage) => string): (server: FastifyInstance) => Promise<void> {
  return async (server) => {
    server.get('/.well-known/openid-configuration', { schema }, async (request) => openIdConfiguration(publicOrigin(request.raw)));
    server.get('/.well-known/entry-points/initial', { schema }, async (request, reply) =>
      reply.headers(TAG).send(initialEntryPoints(publicOrigin(request.raw))),
    );
    server.get('/.well-known/entry-points/external', { schema }, async (request, reply) =>
      reply.headers(TAG).send(externalEntryPoints(publicOrigin(request.raw))),
    );
  };
}
