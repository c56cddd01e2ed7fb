import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import type { RingCxMember, RingCxRole } from './main-account.ts';
import { accessDenied, jwtRefused, signInRefused, tooManyRequests } from './refusal.ts';

/**
 * Who asks: by `Authorization: Bearer` with an access token, or by `X-Auth-Token` with a permanent token or a portal's.
 *
 * @throws Refused  401, in plain text where it is about a bearer token; 429 beyond 120 requests a minute
 */
export function callerOf(world: World, request: PlatformRequest): RingCxMember {
  const member = authenticated(world, request);
  const waitSeconds = world.ringCx.requests.take(String(member.user.userId));
  if (waitSeconds !== undefined) throw tooManyRequests(request, world.now(), waitSeconds);
  return member;
}

/** The same, of one who must hold one of the roles. @throws Refused 403 */
export function callerWith(world: World, request: PlatformRequest, roles: readonly RingCxRole[]): RingCxMember {
  const member = callerOf(world, request);
  if (!member.user.roles.some((role) => roles.includes(role))) throw accessDenied(request, world.now());
  return member;
}

function authenticated(world: World, request: PlatformRequest): RingCxMember {
  const { authorization, 'x-auth-token': authToken } = request.headers;
  if (authorization === undefined && typeof authToken === 'string') return world.ringCx.useAuthToken(authToken) ?? refuse(signInRefused(request, world.now()));
  const url = `${world.origin}${request.path}`;
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw jwtRefused('Jwt is missing', url);
  const judgement = world.ringCx.judgeBearer(token);
  if (judgement.state === 'good') return judgement.member;
  throw jwtRefused(judgement.state === 'expired' ? 'Jwt is expired' : 'Jwt verification fails', url);
}

function refuse(refusal: Error): never {
  throw refusal;
}
