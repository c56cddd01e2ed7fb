import type { LoginOwner } from '../access/legacy-logins.ts';
import type { AuditTrail } from '../domain/audit.ts';
import { bridgeLifetimes } from '../domain/bridge-session.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AuditedParts, audited } from './audited.ts';
import { type CodeParts, redeemCode } from './codes.ts';
import type { Form } from './form.ts';
import { type Granted, type GrantedParts, grantedBy } from './granted.ts';
import { authenticateProgram, mayActFor, type Program, type ProgramParts } from './programs.ts';
import { BridgeRefused, invalidParameter } from './refusal.ts';
import type { BridgeSessions, IssuedTokens, Presenter } from './sessions.ts';
import { mayComeFrom, type SignInParts, signInByJwt, signInByPassword } from './sign-in.ts';
import { requireThawed } from './thawed.ts';

const REFRESH = 'refresh_token';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
// RingCentral's own have 22 characters. It is kept for a week.
const LONGEST_ENDPOINT_ID = 256;

/** A request of a program that may not have shown yet who it is. */
export interface ProgramRequest {
  readonly authorization: string | undefined;
  readonly form: Form;
  /** Where it comes from. */
  readonly address: string;
  readonly requestId: string;
}

/** What the token endpoint is handed. */
export interface TokenEndpointParts extends AuditedParts {
  readonly programs: ProgramParts;
  readonly signIn: SignInParts;
  readonly codes: CodeParts;
  readonly granted: GrantedParts;
  readonly sessions: Pick<BridgeSessions, 'issue' | 'refresh' | 'revoke'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>;
  readonly trail: AuditTrail;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * `POST /restapi/oauth/token`: tokens of ours, in the platform's shape.
 *
 * @returns RingCentral's `TokenInfo`
 * @throws BridgeRefused  as the platform refuses
 * @throws Frozen, LoginsBusy, StoreUnavailable
 * @see RFC 6749 §3.2, §5; RingCentral OpenAPI `getToken`
 */
export async function issueTokens(parts: TokenEndpointParts, request: ProgramRequest): Promise<object> {
  const { form, address, requestId } = request;
  const grantType = form.get('grant_type');
  return audited(parts, { address, requestId, action: grantType === REFRESH ? 'bridgeRefresh' : 'bridgeSignIn' }, async () => {
    const program = await authenticateProgram(parts.programs, request.authorization, form, address);
    if (grantType === undefined) throw invalidParameter('grant_type');
    if (grantType === 'password') return signIn(parts, request, program, await signInByPassword(parts.signIn, program, form, address));
    if (grantType === JWT_BEARER) return signIn(parts, request, program, await signInByJwt(parts.signIn, program, form, address));
    if (grantType === 'authorization_code') return redeem(parts, request, program);
    if (grantType === REFRESH) return refresh(parts, request, program);
    throw new BridgeRefused('unsupported_grant_type', 'OAU-250', 'Unsupported grant type');
  });
}

/**
 * `POST /restapi/oauth/revoke`: success whatever the token is, once the program has shown who it is.
 *
 * @param queried  the token in the query, which stands for one in the body
 * @see RFC 7009 §2.2; RingCentral OpenAPI `revokeToken`
 */
export async function revokeTokens(parts: TokenEndpointParts, request: ProgramRequest, queried: string | undefined): Promise<void> {
  const { form, address, requestId } = request;
  await audited(parts, { address, requestId, action: 'bridgeRevoke' }, async () => {
    const program = await authenticateProgram(parts.programs, request.authorization, form, address);
    const token = form.get('token') ?? queried;
    const ended = token === undefined ? undefined : await parts.sessions.revoke(token, presenterOf(parts, program));
    if (!ended) return;
    await parts.trail.note({
      who: `client ${ended.client}`,
      action: 'bridgeRevoke',
      object: `connections/${ended.connection}`,
      address,
      result: 'ok',
      requestId,
    });
  });
}

/**
 * Begins a session for whoever a sign-in has led to, and answers it.
 *
 * The audit line comes first: a sign-in that cannot be written down is none.
 */
export async function signIn(parts: TokenEndpointParts, { form, address, requestId }: ProgramRequest, program: Program, owner: LoginOwner): Promise<TokenInfo> {
  const { client, connection } = owner;
  const endpointId = form.get('endpoint_id');
  if (endpointId !== undefined && endpointId.length > LONGEST_ENDPOINT_ID) throw invalidParameter('endpoint_id');
  await requireThawed(parts.freezes, owner);
  await parts.trail.record({ who: `client ${client}`, action: 'bridgeSignIn', object: `connections/${connection}`, address, result: 'ok', requestId });
  const granted = await grantedBy(parts.granted, connection, client);
  const issued = await parts.sessions.issue({
    client,
    connection,
    clientId: program.clientId,
    endpointId,
    lifetimes: bridgeLifetimes(form.get('access_token_ttl'), form.get('refresh_token_ttl')),
  });
  return tokenInfo(issued, granted, parts.clock.now());
}

async function redeem(parts: TokenEndpointParts, request: ProgramRequest, program: Program): Promise<object> {
  const { owner, settle } = await redeemCode(parts.codes, program, request.form);
  const answer = await signIn(parts, request, program, owner);
  await settle(answer.session_id);
  return answer;
}

async function refresh(parts: TokenEndpointParts, { form, address, requestId }: ProgramRequest, program: Program): Promise<object> {
  const refreshToken = form.get('refresh_token');
  if (refreshToken === undefined) throw invalidParameter('refresh_token');
  const lifetimes = bridgeLifetimes(form.get('access_token_ttl'), form.get('refresh_token_ttl'));
  const issued = await parts.sessions.refresh(refreshToken, presenterOf(parts, program, address), lifetimes);
  const { client, connection } = issued.session;
  // Every program comes each hour, or each ten minutes: lines that are alike become one.
  parts.trail.counted({ who: `client ${client}`, action: 'bridgeRefresh', object: `connections/${connection}`, address, result: 'ok', requestId });
  return tokenInfo(issued, await grantedBy(parts.granted, connection, undefined), parts.clock.now());
}

/** @param address  from where it must be allowed to come; absent: from anywhere */
function presenterOf(parts: TokenEndpointParts, program: Program, address?: string): Presenter {
  return {
    clientId: program.clientId,
    owns: async ({ client: name }) => {
      // As it is now: it may have got a client id of its own meanwhile.
      const client = await parts.signIn.clients.findClient(name);
      return client !== undefined && mayActFor(program, client) && (address === undefined || mayComeFrom(client, address));
    },
    requireAllowed: (session) => requireThawed(parts.freezes, session),
  };
}

type TokenInfo = ReturnType<typeof tokenInfo>;

/** RingCentral's `TokenInfo`. A pair that is repeated says how long it has left. */
function tokenInfo({ session, accessToken, refreshToken }: IssuedTokens, { scope, ownerId }: Granted, now: number) {
  const { id, current, endpointId } = session;
  // What is undefined is not written.
  return {
    access_token: accessToken.reveal(),
    token_type: 'bearer',
    expires_in: secondsUntil(current.accessExpiresAt, now),
    refresh_token: refreshToken?.reveal(),
    refresh_token_expires_in: current.refreshExpiresAt === undefined ? undefined : secondsUntil(current.refreshExpiresAt, now),
    scope,
    owner_id: ownerId,
    endpoint_id: endpointId,
    session_id: id,
  };
}

// The clock may have gone on by a millisecond since it was issued, which would make 3599 of 3600.
function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
