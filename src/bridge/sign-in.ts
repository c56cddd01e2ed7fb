import type { LegacyLogins, LoginOwner } from '../access/legacy-logins.ts';
import type { Client, ClientStore } from '../domain/client.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { LoginUnknown } from '../domain/errors.ts';
import { addressInBlocks } from '../domain/policy.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Form } from './form.ts';
import { patiently } from './patience.ts';
import { mayActFor, type Program } from './programs.ts';
import { BridgeRefused, invalidGrant, invalidParameter, REALM } from './refusal.ts';

// Who has more Clients on one Connection has to tell them apart by client ids of their own.
const MOST_CLIENTS = 1_000;

/** How programs show for whom they speak. */
export interface SignInParts {
  readonly logins: Pick<LegacyLogins, 'findLegacyLogin'>;
  readonly clients: Pick<ClientStore, 'findClient'>;
  readonly store: Pick<ClientStore, 'listClientsOf'> & Pick<ConnectionStore, 'listConnectionsByAssertion'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * Whom a user name and password lead to: they are a Client's legacy login, never the platform's own.
 *
 * @throws BridgeRefused  invalid_request: one is missing; invalid_grant OAU-140: there is no such login, its password is wrong,
 *   too many were guessed before, or it is not for this program or not from here. All alike, and in the same time
 */
export async function signInByPassword(parts: SignInParts, program: Program, form: Form, address: string): Promise<LoginOwner> {
  const [username, password] = [form.get('username'), form.get('password')];
  if (username === undefined || password === undefined) throw new BridgeRefused('invalid_request', 'CMN-101', 'Resource Owner credentials are incomplete.');
  const { name, extension } = readUsername(username, form.get('extension') ?? '');
  try {
    const own = program.clients ? program.clientId : '';
    const owner = await patiently(parts.clock, () => parts.logins.findLegacyLogin({ username: name, extension, password }, address, own));
    const client = await parts.clients.findClient(owner.client);
    if (!mayComeFrom(client, address) || !mayActFor(program, client)) throw new LoginUnknown();
    return owner;
  } catch (error) {
    if (!(error instanceof LoginUnknown)) throw error;
    throw invalidGrant('OAU-140', 'Invalid resource owner credentials.', { challenge: `Basic realm="${REALM}"`, code: error.code });
  }
}

/**
 * Whom a JWT leads to: the Connection that has it among its credentials, for the one Client that this program may act for there.
 * Nothing is asked of the platform, which may have refused it long ago: then API calls say so.
 *
 * @throws BridgeRefused  invalid_request: it is missing; invalid_grant OAU-140: it is not known, or it is not said for whom
 */
export async function signInByJwt({ store }: SignInParts, program: Program, form: Form, address: string): Promise<LoginOwner> {
  const assertion = form.get('assertion');
  if (assertion === undefined) throw invalidParameter('assertion');
  const found: LoginOwner[] = [];
  for (const connection of await store.listConnectionsByAssertion(new Secret(assertion.trim()))) {
    const reached = (await store.listClientsOf(connection, MOST_CLIENTS)).filter((client) => mayActFor(program, client) && mayComeFrom(client, address));
    found.push(...preferred(reached).map(({ name }) => ({ client: name, connection })));
  }
  const [owner, ...others] = found;
  if (!owner || others.length > 0) throw invalidGrant('OAU-140', 'Invalid assertion', { code: owner ? 'client_ambiguous' : 'assertion_unknown' });
  return owner;
}

/** Whether there is such a Client, and it may sign in from there: where it may not call from, it need not. */
export function mayComeFrom(client: Client | undefined, address: string): client is Client {
  return client !== undefined && (!client.policy?.ipAllow || addressInBlocks(client.policy.ipAllow, address));
}

// Of those that an App's client id reaches, the ones that are meant for the Bridge.
function preferred(clients: readonly Client[]): readonly Client[] {
  const meant = clients.filter(({ bridge }) => bridge);
  return meant.length > 0 ? meant : clients;
}

/** The extension may stand behind the user name, and then counts. */
function readUsername(username: string, extension: string): { readonly name: string; readonly extension: string } {
  const [name = '', behind = ''] = username.split('*');
  const wanted = (behind || extension).trim();
  return { name, extension: /^0*$/.test(wanted) ? '' : wanted };
}
