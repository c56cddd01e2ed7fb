import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from '../access/client-address.ts';
import type { TrustedProxies } from '../domain/source.ts';
import { isFromThisMachine } from './plain-http.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request comes from, as far as trusted proxies say. */
    readonly callerAddress: string;
  }
}

/** Where requests come from. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string;

/** @returns the address that `clientAddress` finds */
export function createAddressOf(trusted: TrustedProxies): AddressOf {
  return ({ socket, headers }) => clientAddress({ remoteAddress: socket.remoteAddress ?? '', headers }, trusted);
}

/** Gives every request of the server its `callerAddress`. */
export function tellCallerAddresses(server: FastifyInstance, addressOf: AddressOf): void {
  const known = new WeakMap<FastifyRequest, string>();
  // At once: one whose body was not read to its end has no socket any more when it is answered.
  server.addHook('onRequest', async (request) => {
    known.set(request, addressOf(request.raw));
  });
  server.decorateRequest('callerAddress', {
    getter(this: FastifyRequest) {
      return known.get(this) ?? addressOf(this.raw);
    },
  });
}

/** Whether a program of this machine asks, and not a proxy on it for somebody else, trusted or not. */
export function isAskedFromHere({ callerAddress, headers }: Pick<FastifyRequest, 'callerAddress' | 'headers'>): boolean {
  return isFromThisMachine({ remoteAddress: callerAddress }) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
}
