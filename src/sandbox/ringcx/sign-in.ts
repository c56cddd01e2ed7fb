import type { Owner } from '../directory.ts';
import { type Answer, jsonAnswer, Refused } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import type { RingCxMember } from './main-account.ts';
import { readParameters } from './parameters.ts';
import { accessDenied, badRequest, resourceMissing, signInRefused, tooManyRequests } from './refusal.ts';
import { renderAccounts, renderSession, renderUser } from './render.ts';

const NOT_STORED = { 'cache-control': 'no-store', pragma: 'no-cache' };
const PERMISSION = 'ReadAccounts';

/** A RingCentral access token for RingCX's own. */
export const exchangeToken: Endpoint = {
  method: 'POST',
  path: '/api/auth/login/rc/accesstoken',
  answer: (world, request) => {
    const parameters = readParameters(request, world.now());
    const rcAccessToken = parameters.get('rcAccessToken');
    const rcTokenType = parameters.get('rcTokenType') ?? 'Bearer';
    if (rcAccessToken === undefined || rcTokenType.toLowerCase() !== 'bearer') throw badRequest(request, world.now());
    const { owner, clientId } = ownerOf(world, request, rcAccessToken);
    const waitSeconds = world.ringCx.exchanges.take(`${clientId} ${owner.extension.id}`);
    if (waitSeconds !== undefined) throw tooManyRequests(request, world.now(), waitSeconds);
    if (!world.directory.isPermitted(clientId, PERMISSION)) throw accessDenied(request, world.now());
    const member = world.ringCx.findLinked(owner);
    if (!member) throw resourceMissing(request, world.now());
    const hasRefresh = parameters.get('includeRefresh')?.toLowerCase() === 'true';
    return answerSession(world.ringCx.signIn(member, { hasRefresh, ssoLogin: true }), member);
  },
};

/** A refresh token for new tokens. */
export const refreshTokens: Endpoint = {
  method: 'POST',
  path: '/api/auth/token/refresh',
  answer: (world, request) => {
    const refreshToken = readParameters(request, world.now()).get('refresh_token');
    if (refreshToken === undefined) throw badRequest(request, world.now());
    const session = world.ringCx.refresh(refreshToken);
    const member = session && world.ringCx.findMember(session.userId);
    if (!session || !member) throw signInRefused(request, world.now());
    return answerSession(session, member);
  },
};

/** A user name and a password of RingCX's own for tokens. */
export const signInWithPassword: Endpoint = {
  method: 'POST',
  path: '/api/auth/login/admin',
  answer: (world, request) => {
    const parameters = readParameters(request, world.now());
    const platformId = parameters.get('platformId');
    if (platformId === undefined) throw badRequest(request, world.now());
    const member = memberBy(world, request, parameters, platformId);
    return answerSession(world.ringCx.signIn(member, { hasRefresh: true, ssoLogin: false }), member);
  },
};

/** The same at a legacy portal, for an `authToken`. */
export function signInAtPortal(path: string): Endpoint {
  return {
    method: 'POST',
    path,
    answer: (world, request) => {
      const parameters = readParameters(request, world.now());
      const member = memberBy(world, request, parameters, undefined);
      const { id } = world.ringCx.signInAtPortal(member, parameters.get('stayLoggedIn')?.toLowerCase() === 'true');
      return jsonAnswer(200, { authToken: id, platformHost: world.origin, user: renderUser(member), accounts: renderAccounts(member) }, NOT_STORED);
    },
  };
}

/** Whom a RingCentral token speaks for. @throws Refused 401: it is no good, or no user's */
function ownerOf(world: World, request: PlatformRequest, accessToken: string): { readonly owner: Owner; readonly clientId: string } {
  try {
    const { subject, clientId } = world.sessions.authenticate(accessToken);
    const owner = subject.kind === 'user' ? world.directory.findOwner(subject.ownerId) : undefined;
    if (owner) return { owner, clientId };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  throw signInRefused(request, world.now());
}

function memberBy(world: World, request: PlatformRequest, parameters: ReadonlyMap<string, string>, platformId: string | undefined): RingCxMember {
  const [username, password] = [parameters.get('username'), parameters.get('password')];
  if (username === undefined || password === undefined) throw badRequest(request, world.now());
  const member = world.ringCx.findByPassword(username, password, platformId);
  if (!member) throw signInRefused(request, world.now());
  return member;
}

function answerSession(...session: Parameters<typeof renderSession>): Answer {
  return jsonAnswer(200, renderSession(...session), NOT_STORED);
}
