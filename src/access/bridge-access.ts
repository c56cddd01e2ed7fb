import { verify } from '@node-rs/argon2';
import type { BridgeAccess, ClientStore } from '../domain/client.ts';
import type { FieldFault } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { hashPassword } from './password-checks.ts';

/** What a person gives for the Bridge. */
export interface BridgeDraft {
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly redirectUris?: readonly string[];
}

/** What of it is stored: the secret as its hash. */
export async function bridgeAccess(
  store: Pick<ClientStore, 'listBridgeClients'>,
  { clientId, clientSecret, redirectUris = [] }: BridgeDraft,
): Promise<BridgeAccess> {
  return { clientId, secretHash: clientSecret && (await hashSecret(store, clientId ?? '', clientSecret.reveal())), redirectUris };
}

/** What is wrong with it; a colon would end the client id where id and secret stand behind "Basic" (RFC 7617 §2). */
export function bridgeFaults({ clientId, clientSecret, redirectUris = [] }: BridgeDraft = {}): FieldFault[] {
  return [
    ...(clientSecret && clientId === undefined ? [{ field: 'bridge/clientSecret', message: 'belongs to a clientId, which is missing' }] : []),
    ...(clientId !== undefined && !/^[\x21-\x39\x3b-\x7e]+$/.test(clientId)
      ? [{ field: 'bridge/clientId', message: 'must be of visible ASCII characters without a colon' }]
      : []),
    ...redirectUris.flatMap((uri, position) => {
      const url = URL.canParse(uri) ? new URL(uri) : undefined;
      const good = url && url.hash === '' && !uri.includes('#') && !['javascript:', 'data:', 'vbscript:'].includes(url.protocol);
      return good ? [] : [{ field: `bridge/redirectUris/${position}`, message: 'must be an absolute URL without a fragment' }];
    }),
  ];
}

// One secret has one hash among the Clients that share a client id, so that it is checked once for all of them.
async function hashSecret(store: Pick<ClientStore, 'listBridgeClients'>, clientId: string, secret: string): Promise<string> {
  const sharing = await store.listBridgeClients(clientId);
  for (const known of new Set(sharing.flatMap(({ bridge }) => bridge?.secretHash ?? []))) if (await verify(known, secret)) return known;
  return hashPassword(secret);
}
