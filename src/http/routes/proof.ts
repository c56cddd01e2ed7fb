import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { GatewayProver } from '../../access/gateway-proof.ts';
import { ProofAnswer, ProofQuery } from '../contract-gateway.ts';
import { operation } from '../operation.ts';

const prove = operation({
  operationId: 'proveGateway',
  summary: 'Proves that this gateway knows the admin token, to whoever is about to send it',
  tags: ['gateway'],
  credential: 'none',
  answers: { 200: ProofAnswer },
});

/** `/trunkline/api/proof`: whoever binds the port while no gateway runs cannot answer it. */
export function proofRoutes(prover: GatewayProver): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get('/proof', { schema: { ...prove, querystring: ProofQuery } }, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return prover.prove(request.query.challenge, ownAddress(request));
    });
  };
}

// Not the Host header, which the caller chooses.
function ownAddress({ socket }: FastifyRequest): string {
  const address = (socket.localAddress ?? '').replace(/^::ffff:/, '');
  return `${address.includes(':') ? `[${address}]` : address}:${socket.localPort ?? ''}`;
}
