import { createHash, timingSafeEqual } from 'node:crypto';
import type { PasswordChecks } from '../access/password-checks.ts';
import type { AppStore } from '../domain/app.ts';
import type { Client, ClientStore } from '../domain/client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Form } from './form.ts';
import { patiently } from './patience.ts';
import { BridgeRefused, invalidClient, REALM } from './refusal.ts';

/** A program that has shown who it is: as a Client with a client id of its own, or with that of an App. */
export interface Program {
  readonly clientId: string;
  /** The Clients that have this client id as their own, by name; absent: it is an App's. */
  readonly clients: ReadonlySet<string> | undefined;
}

/** What programs are looked for in. */
export interface ProgramParts {
  readonly store: Pick<ClientStore, 'listBridgeClients'> & Pick<AppStore, 'listAppsByClientId' | 'listClientSecrets'>;
  readonly secrets: Pick<PasswordChecks, 'isRight' | 'judge'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

interface Shown {
  readonly clientId: string;
  /** Absent: it has shown none. */
  readonly secret: string | undefined;
}

/**
 * Which program sends a token request: by Basic authentication or, for one without a secret, by `client_id` in the body.
 *
 * Id and secret are compared as they are, not percent-decoded, because RingCentral's SDKs send them raw. A `client_id`
 * beside Basic is ignored: two SDKs always send both. A `client_secret` in the body is no way to sign in.
 *
 * @param address  where it comes from
 * @throws BridgeRefused  invalid_client: OAU-123 (nothing is there) or OAU-153 (unknown, or not its secret)
 * @throws LoginsBusy     too many secrets are being checked
 */
export async function authenticateProgram(parts: ProgramParts, authorization: string | undefined, form: Form, address: string): Promise<Program> {
  const shown = readShown(authorization, form);
  const { clientId } = shown;
  const candidates = await parts.store.listBridgeClients(clientId);
  const clients = await ownersOf(parts, candidates, shown, address);
  if (clients.length > 0) return { clientId, clients: new Set(clients) };
  if (await isApp(parts, shown, !candidates.some(({ bridge }) => bridge?.secretHash), address)) return { clientId, clients: undefined };
  throw invalidClient(clientId);
}

/** Whether a program may act for a Client: one with a client id of its own is reached by that alone. */
export function mayActFor({ clients }: Program, { name, bridge }: Pick<Client, 'name' | 'bridge'>): boolean {
  return clients ? clients.has(name) : bridge?.clientId === undefined;
}

function readShown(authorization: string | undefined, form: Form): Shown {
  const basic = authorization === undefined ? undefined : readBasic(authorization);
  if (basic) return basic;
  if (form.has('client_secret')) throw invalidClient('');
  const clientId = form.get('client_id');
  if (clientId === undefined)
    throw new BridgeRefused('invalid_client', 'OAU-123', 'Client authentication is required', { challenge: `Basic realm="${REALM}"` });
  return { clientId, secret: undefined };
}

function readBasic(authorization: string): Shown | undefined {
  const [, encoded] = /^Basic +(\S+) *$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? { clientId: text, secret: '' } : { clientId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

async function ownersOf({ secrets, clock }: ProgramParts, candidates: readonly Client[], { clientId, secret }: Shown, address: string): Promise<string[]> {
  const stored = new Set(candidates.map(({ bridge }) => bridge?.secretHash));
  const good = new Set<string | undefined>();
  if (secret === undefined) good.add(undefined);
  // Clients with one client id have one secret, as a rule, and then one hash of it: one guess, whosever it is.
  else
    for (const hash of stored)
      if (hash !== undefined && (await patiently(clock, () => secrets.isRight(hash, { name: clientId, extension: '', password: secret }, address))))
        good.add(hash);
  return candidates.filter(({ bridge }) => good.has(bridge?.secretHash)).map(({ name }) => name);
}

/** @param isOnly  no Client's secret was checked before: then this takes as long, whether the App is there or not */
async function isApp({ store, secrets, clock }: ProgramParts, { clientId, secret }: Shown, isOnly: boolean, address: string): Promise<boolean> {
  const apps = await store.listAppsByClientId(clientId);
  const held = await Promise.all(apps.map(({ name }) => store.listClientSecrets(name)));
  if (secret === undefined) return held.some((none) => none.length === 0);
  // All of them, whichever fits.
  const isRight = held.flat().reduce((found, one) => isSame(one.secret.reveal(), secret) || found, false);
  return isOnly ? patiently(clock, () => secrets.judge(isRight, { name: clientId, extension: '', password: secret }, address)) : isRight;
}

// As digests, so that their lengths tell nothing.
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
