import { type Answer, jsonAnswer } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { callerOf, callerWith } from './caller.ts';
import type { RingCxMember, RingCxRole } from './main-account.ts';
import { badRequest, resourceMissing } from './refusal.ts';
import { renderAccounts, renderUser } from './render.ts';

const MAY_SEE_USERS: readonly RingCxRole[] = ['MANAGE_USERS', 'SUPER_USER'];

/** What administrators use, below the root of one of the hosts' APIs: `/voice/api/v1`, and `/api/v1` of a legacy portal. */
export function adminEndpoints(root: string): readonly Endpoint[] {
  return [
    {
      method: 'GET',
      path: `${root}/admin/accounts`,
      answer: (world, request) => jsonAnswer(200, renderAccounts(callerOf(world, request))),
    },
    {
      method: 'GET',
      path: `${root}/admin/accounts/{accountId}`,
      answer: (world, request, { accountId }) => {
        const found = renderAccounts(callerOf(world, request)).find((account) => account.accountId === accountId);
        if (!found) throw resourceMissing(request, world.now());
        return jsonAnswer(200, found);
      },
    },
    {
      method: 'GET',
      path: `${root}/admin/users`,
      answer: (world, request) => {
        const caller = callerWith(world, request, MAY_SEE_USERS);
        const members = world.ringCx.listMembers(caller).filter(({ user }) => user.enabled || !isTrue(request.query, 'activeOnly'));
        return jsonAnswer(200, isTrue(request.query, 'flatten') ? members.map((member) => renderUser(member)) : treeOf(members));
      },
    },
    {
      method: 'GET',
      path: `${root}/admin/users/{userId}`,
      answer: (world, request, { userId }) => {
        const caller = callerWith(world, request, MAY_SEE_USERS);
        const found = world.ringCx.listMembers(caller).find(({ user }) => String(user.userId) === userId);
        if (!found) throw resourceMissing(request, world.now());
        return jsonAnswer(200, renderUser(found));
      },
    },
    {
      method: 'POST',
      path: `${root}/admin/token`,
      answer: (world, request) => plainText(world.ringCx.createApiToken(callerOf(world, request))),
    },
    {
      method: 'GET',
      path: `${root}/admin/token`,
      answer: (world, request) => jsonAnswer(200, world.ringCx.listApiTokens(callerOf(world, request))),
    },
    {
      method: 'DELETE',
      path: `${root}/admin/token/{token}`,
      answer: (world, request, { token = '' }) => {
        if (!world.ringCx.removeApiToken(token, callerOf(world, request))) throw resourceMissing(request, world.now());
        return plainText('true');
      },
    },
    {
      method: 'GET',
      path: `${root}/auth/isTokenValid`,
      answer: (world, request) => {
        callerOf(world, request);
        const token = request.query.get('token');
        if (!token) throw badRequest(request, world.now());
        return jsonAnswer(200, world.ringCx.isValid(token));
      },
    },
  ];
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true';
}

/** Those at the top, each with those below it. */
function treeOf(members: readonly RingCxMember[], parentUserId?: number): readonly object[] {
  return members.filter(({ user }) => user.parentUserId === parentUserId).map((member) => renderUser(member, treeOf(members, member.user.userId)));
}

function plainText(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain;charset=UTF-8' }, body };
}
