import { createHash } from 'node:crypto';
import type { LoginOwner } from '../access/legacy-logins.ts';
import type { BridgeCode, BridgeCodeStore, BridgeWish } from '../domain/bridge-code.ts';
import type { ClientStore } from '../domain/client.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import type { Grant } from '../domain/grant.ts';
import type { ProgramSignIns } from '../domain/program-sign-ins.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { verifies } from './authorization-request.ts';
import type { Form } from './form.ts';
import { mayActFor, type Program } from './programs.ts';
import { withQuery } from './redirect.ts';
import { REDIRECT_ERRORS, type RedirectError, RedirectRefused } from './redirect-refused.ts';
import { invalidGrant, invalidParameter } from './refusal.ts';
import type { BridgeSessions } from './sessions.ts';

const CODE_BYTES = 32;
// RingCentral "Authorization code flow": the one figure that is printed.
const LIFETIME_SECONDS = 60;
const LONGEST_NAME = 100;
const MOST_NAMES = 10;

/** What codes are made of, and become sessions with. */
export interface CodeParts {
  readonly store: BridgeCodeStore & Pick<ConnectionStore, 'findConnection'>;
  readonly clients: Pick<ClientStore, 'findClient'>;
  readonly sessions: Pick<BridgeSessions, 'end'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

/** What becomes of people whom programs have sent to the platform's sign-in page. */
export function programSignIns({ store, clock, random }: CodeParts): ProgramSignIns {
  return {
    connectionFor: async (written, ownerId, app) => {
      const { client } = readWish(written);
      return (await store.findConnectionOfOwner(client, ownerId, app)) ?? freeName(store, client, { ownerId, app });
    },
    arrived: async (written, { connection }) => {
      const { state, discoveryOrigin: origin, ...wish } = readWish(written);
      await store.bindConnection(wish.client, connection);
      const code = `tlc_${randomText(random, CODE_BYTES)}`;
      const expiresAt = clock.now() + LIFETIME_SECONDS * 1_000;
      await store.createBridgeCode({ ...wish, hash: hashOf(code), connection, expiresAt, presentedAt: undefined, session: undefined });
      return withQuery(wish.redirectUri, {
        code,
        state,
        expires_in: String(LIFETIME_SECONDS),
        ...(origin !== undefined && { token_uri: `${origin}/restapi/oauth/token`, discovery_uri: `${origin}/.well-known/entry-points/external` }),
      });
    },
    refused: (written, error, description) => new RedirectRefused(readWish(written), isRedirectError(error) ? error : 'server_error', description).location,
  };
}

/** What a program waits for, to be kept sealed. */
export function writeWish(wish: BridgeWish): Secret {
  return new Secret(JSON.stringify(wish));
}

/** A session that is to begin because of a code. */
export interface Redeemed {
  readonly owner: LoginOwner;
  /** Notes the session that came of it. @throws BridgeRefused  the code has come again meanwhile: that session has ended */
  settle(session: string): Promise<void>;
}

/**
 * Whom an authorization code leads to. A code is good for one presentation, whatever comes of that; one that comes again ends the
 * session that came of it.
 *
 * @throws BridgeRefused  invalid_request: it is missing; invalid_grant: OAU-106 (unknown, used, or a wrong verifier), OAU-108
 *   (expired), OAU-109 (another redirect URI) or OAU-110 (another program's)
 * @see RFC 6749 §4.1.3; RFC 7636 §4.6; RFC 9700 §2.1.1, §4.8.2
 */
export async function redeemCode({ store, clients, sessions, clock }: CodeParts, program: Program, form: Form): Promise<Redeemed> {
  const presented = form.get('code');
  if (presented === undefined) throw invalidParameter('code');
  const now = clock.now();
  const hash = hashOf(presented);
  const code = await store.takeBridgeCode(hash, now);
  if (!code) throw unknown();
  if (code.presentedAt !== undefined) {
    if (code.session) await sessions.end(code.session);
    throw unknown();
  }
  const client = await clients.findClient(code.client);
  if (code.clientId !== program.clientId || !client || !mayActFor(program, client))
    throw invalidGrant('OAU-110', 'The authorization code was issued to another application');
  if (now >= code.expiresAt) throw invalidGrant('OAU-108', 'The authorization code has expired');
  requireRedirectUri(code, form.get('redirect_uri'));
  requireVerifier(code, form.get('code_verifier'));
  return {
    owner: { client: code.client, connection: code.connection },
    settle: async (session) => {
      if (await store.settleBridgeCode(hash, session)) return;
      await sessions.end(session);
      throw unknown();
    },
  };
}

function requireRedirectUri({ redirectUri, isRedirectUriNamed }: BridgeCode, shown: string | undefined): void {
  const isRight = shown === undefined ? !isRedirectUriNamed : shown === redirectUri;
  if (!isRight) throw invalidGrant('OAU-109', 'Redirect URIs do not match');
}

// A verifier for a code without a challenge is the mark of a challenge that somebody has taken away on the way.
function requireVerifier({ challenge }: BridgeCode, verifier: string | undefined): void {
  const isRight = challenge === undefined ? verifier === undefined : verifier !== undefined && verifies(challenge, verifier);
  if (!isRight) throw invalidGrant('OAU-106', 'Invalid code verifier');
}

// One that was made for this user before is taken again; a name that means somebody else is left alone.
async function freeName(store: CodeParts['store'], client: string, { ownerId, app }: Pick<Grant, 'app'> & { readonly ownerId: string }): Promise<string> {
  for (let number = 1; number < MOST_NAMES; number += 1) {
    const end = `-${ownerId}${number === 1 ? '' : `-${number}`}`;
    const name = client.slice(0, LONGEST_NAME - end.length) + end;
    const found = await store.findConnection(name);
    if (!found || (found.app === app && (found.ownerId ?? ownerId) === ownerId)) return name;
  }
  throw new RangeError(`every name for user ${ownerId} of Client "${client}" is taken`);
}

function readWish(written: Secret): BridgeWish {
  return JSON.parse(written.reveal()) as BridgeWish;
}

function isRedirectError(error: string): error is RedirectError {
  return REDIRECT_ERRORS.some((known) => known === error);
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

function unknown() {
  return invalidGrant('OAU-106', 'Invalid authorization code');
}
