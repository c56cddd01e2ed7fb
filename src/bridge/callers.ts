import type { BridgeCallers } from '../domain/bridge-session.ts';
import type { ClientStore } from '../domain/client.ts';
import { BridgeTokenRefused } from '../domain/errors.ts';
import { type BridgeSessions, RING_CX } from './sessions.ts';

/** Who calls with a token of ours: its session's Client, as long as that is there. */
export function bridgeCallers(sessions: Pick<BridgeSessions, 'resolve'>, clients: Pick<ClientStore, 'findClient'>): BridgeCallers {
  return {
    findCaller: async (accessToken) => {
      const { client: name, connection, clientId } = await sessions.resolve(accessToken);
      const client = await clients.findClient(name);
      if (!client) throw new BridgeTokenRefused('unknown');
      return { client, connection, isForRingCx: clientId === RING_CX };
    },
  };
}
