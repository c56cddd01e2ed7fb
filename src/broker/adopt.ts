import type { Connection } from '../domain/connection.ts';
import type { Credential } from '../domain/credential.ts';
import { ConnectionNotFound, GatewayError, LeaseHeld, NameTaken, OwnerChanged, PlatformAnswerUnusable, StoreUnavailable } from '../domain/errors.ts';
import { canRefresh, type Grant, type TokenPair } from '../domain/grant.ts';
import type { Lease } from '../domain/lease.ts';
import type { TokenAnswer } from '../oauth/token-answer.ts';
import type { TokenApp, Wire } from '../oauth/token-request.ts';
import { randomText } from '../runtime/random.ts';
import { type Asking, ask, credentialRequest, endSession, type Run } from './ask.ts';
import { withDeadlines } from './credential-checks.ts';
import { giveBackLease, LEASE_MS, takeLease } from './lease.ts';
import type { WinningParts } from './parts.ts';
import { unlessDamaged } from './repair.ts';
import { saveWon } from './save.ts';
import { returnSlot } from './under-lease.ts';

// While another run holds the Lease, this is how often it is asked for: a Refresh takes some 100 ms.
const LOOK_AGAIN_MS = 50;
const RETRY_AFTER_MS = 5_000;
// RingCentral's codes live for a minute.
const SLOT_WAIT_MS = 45_000;
const ID_BYTES = 12;
// As many as the management API takes.
const MOST_CREDENTIALS = 10;

/** For which Connection a person signs in, and with which App. */
export interface Adoption {
  readonly connection: string;
  readonly app: string;
  /** What a Connection that has to be created gets. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a person brings: an authorization code, or a credential that is kept once it has proved itself. */
export type Proof = RequestProof | { readonly kind: 'credential'; readonly credential: Credential };

interface RequestProof {
  readonly kind: 'request';
  readonly send: (app: TokenApp, wire: Wire) => Promise<TokenAnswer>;
}

/**
 * Makes the Grant that a person has just signed in for the Connection's next one, whatever state it was in. A Connection
 * that is not there is created; where the sign-in fails, nothing is changed.
 *
 * A slot of the App's budget is waited for, because a code lives for a minute, and before anybody who waits in the queue. The
 * session of the Grant that is replaced ends once the new one is durable, unless both are of one session.
 *
 * @throws OwnerChanged            the tokens are another user's: they are not stored, and their session is ended
 * @throws PlatformAnswerUnusable  also where the tokens name no owner
 * @throws TokenRefused, AppRefused, PlatformBusy, PlatformUnreachable, AppNotFound  see `ask`
 * @throws LeaseHeld               another run has held the Lease for as long as a Lease lasts
 * @throws StoreUnavailable        the database is away; what was won stands in the rescue journal
 */
export async function adoptGrant(parts: WinningParts, adoption: Adoption, proof: Proof): Promise<Grant> {
  const known = await parts.store.findConnection(adoption.connection);
  if (known) return adopt(parts, known, adoption, proof);
  const created = newConnection(parts, adoption);
  await parts.store.createConnection(created, []);
  try {
    return await adopt(parts, created, adoption, proof);
  } catch (error) {
    // What was won while the database was away still comes, from the rescue journal, and needs its Connection.
    if (!(error instanceof StoreUnavailable)) await removeUnused(parts, created.name);
    throw error;
  }
}

/** For whom a person signs in whom nobody knows before. */
export interface OwnerAdoption {
  readonly app: string;
  /** What a Connection that has to be created gets. */
  readonly labels: Readonly<Record<string, string>>;
  /** The Connection of this owner; where there is none of that name, it is created. */
  readonly connectionFor: (ownerId: string) => Promise<string>;
}

/**
 * The same where only the tokens tell whose they are: the Connection is chosen by their owner. Where it cannot be put in
 * place, the session that was just begun is ended.
 *
 * @throws the same as `adoptGrant`, and what `connectionFor` throws
 */
export async function adoptGrantOfOwner(parts: WinningParts, { app, labels, connectionFor }: OwnerAdoption, send: RequestProof['send']): Promise<Grant> {
  const pair = await askAlone(parts, app, send);
  let connection: Connection;
  let lease: Lease;
  try {
    if (pair.ownerId === undefined) throw new PlatformAnswerUnusable('it does not say whose tokens they are');
    connection = await findOrCreate(parts, { connection: await connectionFor(pair.ownerId), app, labels });
    lease = await waitForLease(parts, connection.name);
  } catch (error) {
    await endSession(parts, app, '', pair);
    throw error;
  }
  let adopted = false;
  try {
    const grant = await putInPlace({ parts, usedAt: parts.clock.now() }, connection, app, pair);
    adopted = true;
    parts.log.info('grant.adopted', { connection: connection.name, app, generation: grant.generation });
    return grant;
  } finally {
    await giveBackLease(parts, lease, { unclear: !adopted });
  }
}

// No Lease is held meanwhile: nobody knows on which Connection. Whoever knows a program's client id can come so far, with a code
// that is none: Refreshes do not wait for that.
async function askAlone(parts: WinningParts, app: string, send: RequestProof['send']): Promise<TokenPair> {
  const slot = await parts.budgets.waitBehindRefreshes(app, SLOT_WAIT_MS);
  const asking: Asking = { parts, lease: { connection: '' }, endsAt: parts.clock.monotonic() + LEASE_MS, slot, notes: [], personal: true };
  try {
    return await ask(asking, app, parts.clock.now(), send);
  } finally {
    await Promise.all(asking.notes);
    if (asking.slot) await returnSlot(parts, asking.slot);
  }
}

async function findOrCreate(parts: WinningParts, adoption: Adoption): Promise<Connection> {
  const known = await parts.store.findConnection(adoption.connection);
  if (known) return known;
  const created = newConnection(parts, adoption);
  try {
    await parts.store.createConnection(created, []);
    return created;
  } catch (error) {
    // The same person in another window, a moment before.
    const other = error instanceof NameTaken ? await parts.store.findConnection(adoption.connection) : undefined;
    if (!other) throw error;
    return other;
  }
}

async function adopt(parts: WinningParts, connection: Connection, { app }: Adoption, proof: Proof): Promise<Grant> {
  // First, so that nobody else waits for the Lease meanwhile.
  const slot = await parts.budgets.waitForSlot(app, SLOT_WAIT_MS);
  const endsAt = parts.clock.monotonic() + LEASE_MS;
  const lease = await waitForLease(parts, connection.name).catch(async (error: unknown) => {
    await returnSlot(parts, slot);
    throw error;
  });
  const run: Run = { parts, lease, endsAt, slot, usedAt: parts.clock.now(), notes: [], personal: true };
  let adopted = false;
  try {
    const send = proof.kind === 'request' ? proof.send : (target: TokenApp, wire: Wire) => credentialRequest(target, proof.credential, wire);
    const pair = await ask(run, app, parts.clock.now(), send);
    const grant = await putInPlace(run, connection, app, pair);
    adopted = true;
    if (proof.kind === 'credential') await putInFront(parts, connection, app, proof.credential);
    parts.log.info('grant.adopted', { connection: connection.name, app, generation: grant.generation });
    return grant;
  } finally {
    await Promise.all(run.notes);
    if (run.slot) await returnSlot(parts, run.slot);
    // Where nothing came of it, an earlier attempt to Refresh the same generation is still to be remembered.
    await giveBackLease(parts, lease, { unclear: !adopted });
  }
}

async function waitForLease(parts: WinningParts, connection: string) {
  const until = parts.clock.monotonic() + LEASE_MS;
  for (;;) {
    const lease = await takeLease(parts, connection, await generationOf(parts, connection));
    if (lease) return lease;
    if (parts.clock.monotonic() >= until) throw new LeaseHeld(connection, RETRY_AFTER_MS);
    await parts.clock.sleep(LOOK_AGAIN_MS);
  }
}

// Nothing is opened for it: a Grant that is damaged is repaired by a new one.
async function generationOf({ store }: WinningParts, connection: string): Promise<number> {
  const [outline] = await store.listGrantOutlines([connection]);
  return outline?.generation ?? 0;
}

// Read again: the Connection may have got its owner while the platform was asked.
async function requireOwner(parts: WinningParts, name: string, app: string, pair: TokenPair): Promise<void> {
  const connection = await parts.store.findConnection(name);
  if (connection && pair.ownerId !== undefined && (connection.ownerId ?? pair.ownerId) === pair.ownerId) return;
  await endSession(parts, app, name, pair);
  if (!connection) throw new ConnectionNotFound(name);
  throw pair.ownerId === undefined ? new PlatformAnswerUnusable('it does not say whose tokens they are') : new OwnerChanged(name);
}

/**
 * Saves the pair as the next generation; where another came between, as the one after that.
 *
 * @throws OwnerChanged, PlatformAnswerUnusable, ConnectionNotFound  see `requireOwner`
 */
async function putInPlace({ parts, usedAt }: Pick<Run, 'parts' | 'usedAt'>, connection: Connection, app: string, pair: TokenPair): Promise<Grant> {
  for (;;) {
    const expected = await generationOf(parts, connection.name);
    // After the generation was read: what comes between, and says whose the Connection is, raises it.
    await requireOwner(parts, connection.name, app, pair);
    const old = await parts.store.findGrant(connection.name).catch(unlessDamaged);
    const grant: Grant = { ...pair, connection: connection.name, app, generation: expected + 1, refreshRefused: undefined };
    if (!(await saveWon(parts, { grant, expectedGeneration: expected, connectionId: connection.id }, usedAt))) continue;
    if (old && isLeftOver(parts, old, grant)) await endSession(parts, old.app, connection.name, old);
    return grant;
  }
}

// Revoking ends a whole session, and the new pair may be of the same one.
function isLeftOver(parts: WinningParts, old: Grant, grant: Grant): boolean {
  if (old.sessionId === undefined || grant.sessionId === undefined || old.sessionId === grant.sessionId) return false;
  const now = parts.clock.now();
  return canRefresh(old, now) || now < old.expiresAt;
}

/** The credential that has proved itself is the first that is tried from now on. */
async function putInFront(parts: WinningParts, { name, app: ownApp }: Connection, app: string, credential: Credential): Promise<void> {
  const first: Credential = app === ownApp ? credential : { ...credential, app };
  const others = (await parts.store.listCredentials(name)).filter((other) => !isSame(other, first));
  await parts.store.replaceCredentials(name, withDeadlines([first, ...others].slice(0, MOST_CREDENTIALS), parts.clock.now()));
}

function isSame(one: Credential, other: Credential): boolean {
  return one.kind === 'jwt' && other.kind === 'jwt' && one.app === other.app && one.assertion.equals(other.assertion);
}

function newConnection(parts: WinningParts, { connection, app, labels }: Adoption): Connection {
  return {
    id: randomText(parts.random, ID_BYTES),
    name: connection,
    app,
    labels,
    keep: 'alive',
    ownerId: undefined,
    signInNeeded: undefined,
    createdAt: parts.clock.now(),
  };
}

async function removeUnused(parts: WinningParts, name: string): Promise<void> {
  try {
    const grant = await parts.store.findGrant(name);
    if (!grant) await parts.store.removeConnection(name);
  } catch (error) {
    // Somebody uses it already, or the database is away: it stays without a Grant, and the next sign-in finds it.
    if (!(error instanceof GatewayError)) throw error;
  }
}
