import type { ClientStore } from '../domain/client.ts';
import { ClientNotFound, PolicyForbids } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import { type PolicyQuestion, policyRefusal } from '../domain/policy.ts';
import { withIncluded } from '../ringcentral/facts/permissions.ts';

/** What is asked about a Client. */
export interface PermitParts {
  /** Asked each time, so that a Client that was removed is out at once. */
  readonly store: Pick<ClientStore, 'findClient'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>;
}

/**
 * Asks whether a Client may make this request on this Connection: neither is frozen, and its Policy allows it.
 *
 * @throws ClientNotFound  the Client was removed meanwhile
 * @throws Frozen
 * @throws PolicyForbids   also where the Connection is not among the Client's
 */
export async function permit({ store, freezes }: PermitParts, clientName: string, connection: string, question: PolicyQuestion): Promise<void> {
  const client = await store.findClient(clientName);
  if (!client) throw new ClientNotFound(clientName);
  freezes.requireClient(clientName);
  if (!client.connections.includes(connection)) throw new PolicyForbids(clientName, 'connections', connection);
  const refusal = policyRefusal(client.policy, question, withIncluded);
  if (refusal) throw new PolicyForbids(clientName, refusal, connection);
  await freezes.requireConnection(connection);
}
