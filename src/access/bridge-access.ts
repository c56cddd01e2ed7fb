import { verify } from '@node-rs/argon2';
import type { BridgeAccess, ClientStore } from '../domain/client.ts';
import { type FieldFault, InvalidRequest } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { hashPassword } from './password-checks.ts';

/** What a person gives for the Bridge. */
export interface BridgeDraft {
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly redirectUris?: readonly string[];
  readonly origins?: readonly string[];
}

/** What a person changes of it: null takes away, and what is not named stays. */
export interface BridgeChange extends Pick<BridgeDraft, 'redirectUris' | 'origins'> {
  /** With it goes its secret. */
  readonly clientId?: string | null;
  readonly clientSecret?: Secret | null;
}

const NOTHING: BridgeAccess = { clientId: undefined, secretHash: undefined, redirectUris: [], origins: [] };

/** What of it is stored: the secret as its hash. @throws InvalidRequest */
export async function bridgeAccess(store: Pick<ClientStore, 'listBridgeClients'>, draft: BridgeDraft): Promise<BridgeAccess> {
  const change = await bridgeChange(store, draft, undefined);
  return change(NOTHING);
}

/**
 * How what is stored changes.
 *
 * @param clientId  the one that it has, whose secret is hashed where no other is given
 * @throws InvalidRequest  also when it is made
 */
export async function bridgeChange(
  store: Pick<ClientStore, 'listBridgeClients'>,
  change: BridgeChange,
  clientId: string | undefined,
): Promise<(known: BridgeAccess | undefined) => BridgeAccess> {
  requireNone(bridgeFaults(change, clientId));
  const { clientSecret } = change;
  const secretHash = clientSecret && (await hashSecret(store, change.clientId ?? clientId ?? '', clientSecret.reveal()));
  return (known = NOTHING) => {
    const changed = {
      clientId: change.clientId === undefined ? known.clientId : (change.clientId ?? undefined),
      secretHash: clientSecret === undefined ? known.secretHash : secretHash || undefined,
      redirectUris: change.redirectUris ?? known.redirectUris,
      origins: change.origins ?? known.origins,
    };
    // Somebody else may have taken it away since it was looked at.
    requireNone(bridgeFaults(change, known.clientId));
    return changed.clientId === undefined ? { ...changed, secretHash: undefined } : changed;
  };
}

/**
 * What is wrong with it; a colon would end the client id where id and secret stand behind "Basic" (RFC 7617 §2).
 *
 * @param known  the client id that there is
 */
export function bridgeFaults({ clientId, clientSecret, redirectUris = [], origins = [] }: BridgeChange = {}, known?: string): FieldFault[] {
  const isAlone = clientId === null || (clientId === undefined && known === undefined);
  return [
    ...(clientSecret && isAlone ? [{ field: 'bridge/clientSecret', message: 'belongs to a clientId, which is missing' }] : []),
    ...(typeof clientId === 'string' && !/^[\x21-\x39\x3b-\x7e]+$/.test(clientId)
      ? [{ field: 'bridge/clientId', message: 'must be of visible ASCII characters without a colon' }]
      : []),
    ...redirectUris.flatMap((uri, position) => {
      const url = URL.canParse(uri) ? new URL(uri) : undefined;
      const good = url && url.hash === '' && !uri.includes('#') && !['javascript:', 'data:', 'vbscript:'].includes(url.protocol);
      return good ? [] : [{ field: `bridge/redirectUris/${position}`, message: 'must be an absolute URL without a fragment' }];
    }),
    ...origins.flatMap((origin, position) =>
      isOrigin(origin) ? [] : [{ field: `bridge/origins/${position}`, message: 'must be an origin as browsers name it, such as https://shop.example.com' }],
    ),
  ];
}

/** As browsers write it (RFC 6454 §6.2): of http and https without a port that goes without saying; an app in a shell has a scheme of its own. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z\d+.-]*:\/\/[^\s/?#\\@*]+$/.test(text) || !URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return (protocol !== 'http:' && protocol !== 'https:') || origin === text;
}

function requireNone(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new InvalidRequest(faults);
}

// One secret has one hash among the Clients that share a client id, so that it is checked once for all of them.
async function hashSecret(store: Pick<ClientStore, 'listBridgeClients'>, clientId: string, secret: string): Promise<string> {
  const sharing = await store.listBridgeClients(clientId);
  for (const known of new Set(sharing.flatMap(({ bridge }) => bridge?.secretHash ?? []))) if (await verify(known, secret)) return known;
  return hashPassword(secret);
}
