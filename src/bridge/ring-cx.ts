import { hashGatewayKey } from '../access/gateway-key.ts';
import type { GatewayKeys } from '../access/gateway-keys.ts';
import { connectionOf } from '../access/permit-request.ts';
import type { RingCxTokens } from '../broker/ring-cx.ts';
import type { AuditTrail } from '../domain/audit.ts';
import { type BridgeLifetimes, type Exchanged, hasItsKey } from '../domain/bridge-session.ts';
import type { Client, ClientStore } from '../domain/client.ts';
import { BridgeTokenRefused, ClientUnknown, PolicyForbids, RingCxRefused } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import type { RingCxGrantStore } from '../domain/ring-cx-grant.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Audited, type AuditedParts, audited } from './audited.ts';
import { BridgeRefused } from './refusal.ts';
import { type RingCxIdentity, ringCxAnswer } from './ring-cx-answer.ts';
import { accessDenied, badRequest, signInRefused } from './ring-cx-refusal.ts';
import { type BridgeSessions, type Presenter, RING_CX } from './sessions.ts';
import { mayComeFrom } from './sign-in.ts';
import { requireThawed } from './thawed.ts';
import { readToken } from './tokens.ts';

// RingCX "Obtaining an access token".
const ACCESS_MS = 5 * 60_000;
// RingCX does not say; a program that is off over a weekend goes on with what it has.
const REFRESH_MS = 7 * 24 * 60 * 60_000;

/** The parameters of a request by name. */
export type Parameters = ReadonlyMap<string, string>;

/** A request for tokens of RingCX. */
export interface RingCxTokenRequest {
  readonly parameters: Parameters;
  /** `Trunkline-Connection`, for a gateway key. */
  readonly connection: string | undefined;
  readonly address: string;
  readonly requestId: string;
}

/** What RingCX's two token routes are handed. */
export interface RingCxBridgeParts extends AuditedParts {
  readonly keys: Pick<GatewayKeys, 'findClient'>;
  readonly clients: Pick<ClientStore, 'findClient'>;
  readonly sessions: Pick<BridgeSessions, 'issue' | 'refresh' | 'resolve'>;
  readonly ringCx: Pick<RingCxTokens, 'usableToken'>;
  readonly store: Pick<RingCxGrantStore, 'listRingCxOutlines'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>;
  readonly trail: AuditTrail;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * `POST /api/auth/login/rc/accesstoken`: a token of ours, or a gateway key, for a five-minute pair of ours that RingCX's paths
 * take here.
 *
 * RingCX is asked only for a Connection that it does not know yet: who somebody is there is read from what it said before.
 *
 * @throws RingCxBridgeRefused  as RingCX refuses
 * @throws GatewayError         what RingCX would call an outage
 * @see RingCX "Obtaining an access token"
 */
export async function exchangeForRingCx(parts: RingCxBridgeParts, request: RingCxTokenRequest): Promise<object> {
  const { parameters, address, requestId } = request;
  return refusing(parts, { address, requestId, action: 'bridgeRingCxSignIn' }, async () => {
    const presented = parameters.get('rcAccessToken');
    if (presented === undefined || (parameters.get('rcTokenType') ?? 'Bearer').toLowerCase() !== 'bearer') throw badRequest();
    const { client, connection, exchangedFor } = await ownerOf(parts, presented, request);
    await requireThawed(parts.freezes, { client, connection });
    const identity = (await knownIdentity(parts, connection)) ?? (await parts.ringCx.usableToken(connection));
    // A sign-in that cannot be written down is none.
    await parts.trail.record({ who: `client ${client}`, action: 'bridgeRingCxSignIn', object: `connections/${connection}`, address, result: 'ok', requestId });
    const wantsRefresh = parameters.get('includeRefresh')?.toLowerCase() === 'true';
    const asked = { client, connection, clientId: RING_CX, exchangedFor, lifetimes: lifetimes(wantsRefresh) };
    return ringCxAnswer(identity, await parts.sessions.issue(asked));
  });
}

/**
 * `POST /api/auth/token/refresh`: the next pair.
 *
 * @throws RingCxBridgeRefused  401: it is not good
 */
export async function refreshForRingCx(parts: RingCxBridgeParts, request: RingCxTokenRequest): Promise<object> {
  const { parameters, address, requestId } = request;
  return refusing(parts, { address, requestId, action: 'bridgeRingCxRefresh' }, async () => {
    const refreshToken = parameters.get('refresh_token');
    if (refreshToken === undefined) throw badRequest();
    const presenter: Presenter = {
      clientId: RING_CX,
      // RingCX asks no program for what it is.
      owns: async (session) => {
        const client = await parts.clients.findClient(session.client);
        return mayComeFrom(client, address) && hasItsKey(session, client, parts.clock.now());
      },
      requireAllowed: (session) => requireThawed(parts.freezes, session),
    };
    const issued = await parts.sessions.refresh(refreshToken, presenter, lifetimes(true));
    const { client, connection } = issued.session;
    parts.trail.counted({ who: `client ${client}`, action: 'bridgeRingCxRefresh', object: `connections/${connection}`, address, result: 'ok', requestId });
    const identity = await knownIdentity(parts, connection);
    return ringCxAnswer(identity ?? { mainAccountId: undefined, adminId: undefined, agentDetails: [] }, issued);
  });
}

/** For whom whoever asks speaks, and with what. */
async function ownerOf(parts: RingCxBridgeParts, presented: string, { connection: wanted, address }: RingCxTokenRequest) {
  const { client, connection, exchangedFor } = readToken(presented) ? await findSignedIn(parts, presented) : await findByKey(parts, presented, wanted);
  const owner = { client: client.name, connection: connectionOf(client, { connection }), exchangedFor };
  if (!mayComeFrom(client, address)) throw new PolicyForbids(owner.client, 'ipAllow', owner.connection);
  return owner;
}

async function findByKey({ keys }: RingCxBridgeParts, key: string, connection: string | undefined): Promise<Shown> {
  const client = await keys.findClient(key);
  const hash = hashGatewayKey(key);
  return { client, connection, exchangedFor: { key: client.keys.find((held) => held.hash === hash)?.id ?? '' } };
}

// A pair of RingCX's own does not bring another.
async function findSignedIn({ clients, sessions }: RingCxBridgeParts, accessToken: string): Promise<Shown> {
  const { id, client: name, connection, clientId } = await sessions.resolve(accessToken);
  const client = await clients.findClient(name);
  if (!client || clientId === RING_CX) throw new BridgeTokenRefused('unknown');
  return { client, connection, exchangedFor: { session: id } };
}

/** Who has shown something, for which Connection, and what it was. */
interface Shown {
  readonly client: Client;
  readonly connection: string | undefined;
  readonly exchangedFor: Exchanged;
}

async function knownIdentity({ store }: RingCxBridgeParts, connection: string): Promise<RingCxIdentity | undefined> {
  const [outline] = await store.listRingCxOutlines([connection]);
  return outline;
}

function lifetimes(withRefresh: boolean): BridgeLifetimes {
  return { accessMs: ACCESS_MS, refreshMs: withRefresh ? REFRESH_MS : undefined };
}

function refusing<Result>(parts: AuditedParts, asked: Audited, work: () => Promise<Result>): Promise<Result> {
  return audited(parts, asked, () =>
    work().catch((error: unknown) => {
      throw refusalOf(error);
    }),
  );
}

function refusalOf(error: unknown): unknown {
  if (error instanceof BridgeRefused) return signInRefused(error.errorCode);
  if (error instanceof ClientUnknown || error instanceof BridgeTokenRefused) return signInRefused(error.code);
  if (error instanceof PolicyForbids || error instanceof RingCxRefused) return accessDenied(error.code);
  return error;
}
