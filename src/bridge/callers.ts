import { type BridgeCallers, hasItsKey } from '../domain/bridge-session.ts';
import type { ClientStore } from '../domain/client.ts';
import { BridgeTokenRefused } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import { type BridgeSessions, RING_CX } from './sessions.ts';

/** What callers are looked for in. */
export interface BridgeCallerParts {
  readonly sessions: Pick<BridgeSessions, 'resolve'>;
  readonly clients: Pick<ClientStore, 'findClient'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Who calls with a token of ours: its session's Client, as long as that is there. */
export function bridgeCallers({ sessions, clients, clock }: BridgeCallerParts): BridgeCallers {
  return {
    findCaller: async (accessToken) => {
      const session = await sessions.resolve(accessToken);
      const client = await clients.findClient(session.client);
      if (!client || !hasItsKey(session, client, clock.now())) throw new BridgeTokenRefused('unknown');
      return { client, connection: session.connection, isForRingCx: session.clientId === RING_CX };
    },
  };
}
