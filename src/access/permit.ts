import type { ClientStore } from '../domain/client.ts';
import { ClientNotFound, PolicyForbids } from '../domain/errors.ts';
import { type PolicyQuestion, policyRefusal } from '../domain/policy.ts';
import { withIncluded } from '../ringcentral/facts/permissions.ts';

/**
 * Asks a Client's Policy whether it may make this request on this Connection.
 *
 * @param store  asked each time, so that a Client that was removed is out at once
 * @throws ClientNotFound  the Client was removed meanwhile
 * @throws PolicyForbids   also where the Connection is not among the Client's
 */
export async function permit(store: Pick<ClientStore, 'findClient'>, clientName: string, connection: string, question: PolicyQuestion): Promise<void> {
  const client = await store.findClient(clientName);
  if (!client) throw new ClientNotFound(clientName);
  if (!client.connections.includes(connection)) throw new PolicyForbids(clientName, 'connections', connection);
  const refusal = policyRefusal(client.policy, question, withIncluded);
  if (refusal) throw new PolicyForbids(clientName, refusal, connection);
}
