import type { AppStore } from '../domain/app.ts';
import type { BridgeCodeStore } from '../domain/bridge-code.ts';
import type { Client, ClientStore } from '../domain/client.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { isRegistered } from './redirect.ts';
import { BridgeRefused, invalidClient } from './refusal.ts';

// Who has more Clients on one App has to tell them apart by client ids of their own.
const MOST_CLIENTS = 1_000;

/** Where programs are looked for. */
export type AskingStore = Pick<ClientStore, 'listBridgeClients'> &
  Pick<AppStore, 'listAppsByClientId' | 'listClientSecrets'> &
  Pick<ConnectionStore, 'findConnection'> &
  Pick<BridgeCodeStore, 'listProgramsOfApp'>;

/** A program that sends its user's browser here. */
export interface AskingProgram {
  /** The Client, by name. */
  readonly client: string;
  /** The App with which its user signs in at the platform. */
  readonly app: string;
  readonly redirectUri: string;
  readonly isRedirectUriNamed: boolean;
  /** Whether it will have to show a secret. */
  readonly hasSecret: boolean;
}

interface Candidate extends Pick<AskingProgram, 'client' | 'app' | 'hasSecret'> {
  /** Those of the Client. */
  readonly own: readonly string[];
  /** Those of the App whose client id it has. */
  readonly ofApp: readonly string[];
}

/**
 * The program of a client id, and where its user is to be sent back to. As long as that is not sure, nobody is redirected.
 *
 * @param named  the redirect URI that was sent
 * @throws BridgeRefused  OAU-153 (no such program), OAU-113 (none is registered), OAU-109 (another one), OAU-251 (several)
 * @see RFC 6749 §3.1.2.3, §4.1.2.1; RFC 9700 §4.1
 */
export async function findAskingProgram(store: AskingStore, clientId: string, named: string | undefined): Promise<AskingProgram> {
  const candidates = await candidatesFor(store, clientId);
  if (candidates.length === 0) throw invalidClient(clientId);
  const registered = new Set(candidates.flatMap(({ own, ofApp }) => [...own, ...ofApp]));
  if (registered.size === 0) throw new BridgeRefused('invalid_client', 'OAU-113', 'No redirect URI is registered for this client application', { status: 403 });
  const [only, ...further] = registered;
  const redirectUri = named ?? (further.length === 0 ? only : undefined);
  const mismatch = new BridgeRefused('invalid_request', 'OAU-109', 'Redirect URIs do not match', { status: 403 });
  if (redirectUri === undefined) throw mismatch;
  const [found, ...others] = meant(candidates, redirectUri);
  if (!found) throw mismatch;
  if (others.length > 0) throw new BridgeRefused('unauthorized_client', 'OAU-251', 'Several programs have this client id', { code: 'client_ambiguous' });
  const { client, app, hasSecret } = found;
  return { client, app, hasSecret, redirectUri, isRedirectUriNamed: named !== undefined };
}

// A Client that names the address itself goes before those that have it because their App does.
function meant(candidates: readonly Candidate[], redirectUri: string): readonly Candidate[] {
  const own = candidates.filter((candidate) => isRegistered(candidate.own, redirectUri));
  return own.length > 0 ? own : candidates.filter(({ ofApp }) => isRegistered(ofApp, redirectUri));
}

async function candidatesFor(store: AskingStore, clientId: string): Promise<readonly Candidate[]> {
  const clients = await store.listBridgeClients(clientId);
  if (clients.length > 0) return (await Promise.all(clients.map((client) => candidateOf(store, client)))).flat();
  const apps = await store.listAppsByClientId(clientId);
  const ofApps = apps.map(async ({ name, redirectUris }) => {
    const [programs, secrets] = await Promise.all([store.listProgramsOfApp(name, MOST_CLIENTS), store.listClientSecrets(name)]);
    return programs.map(({ client, redirectUris: own }) => ({ client, app: name, hasSecret: secrets.length > 0, own, ofApp: redirectUris }));
  });
  return (await Promise.all(ofApps)).flat();
}

// With the App of its first Connection: it may have others of other Apps.
async function candidateOf(store: AskingStore, { name, connections, bridge }: Client): Promise<readonly Candidate[]> {
  const first = connections[0] === undefined ? undefined : await store.findConnection(connections[0]);
  if (!first || !bridge) return [];
  return [{ client: name, app: first.app, hasSecret: bridge.secretHash !== undefined, own: bridge.redirectUris, ofApp: [] }];
}
