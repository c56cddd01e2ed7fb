import type { RingCxAgent, RingCxOutline } from '../domain/ring-cx-grant.ts';
import type { Secret } from '../domain/secret.ts';

/** Who somebody is in RingCX. */
export type RingCxIdentity = Pick<RingCxOutline, 'mainAccountId' | 'adminId' | 'agentDetails'>;

/** What RingCX answers to an exchange and to a Refresh; in place of its tokens stand ours. */
export function ringCxAnswer(
  { mainAccountId, adminId, agentDetails }: RingCxIdentity,
  { accessToken, refreshToken }: { readonly accessToken: Secret; readonly refreshToken: Secret | undefined },
): object {
  // What is undefined is not written.
  return {
    refreshToken: refreshToken?.reveal() ?? null,
    accessToken: accessToken.reveal(),
    tokenType: 'Bearer',
    agentDetails: agentDetails.map(agentAnswer),
    adminId: numberOf(adminId),
    adminUrl: '/voice/admin/',
    agentUrl: '/voice/agent/',
    ssoLogin: true,
    mainAccountId,
  };
}

// We keep all ids as text; of RingCX's these are numbers, and those of accounts are text.
function agentAnswer({ agentId, rcUserId, agentGroupId, ...agent }: RingCxAgent): object {
  return { ...agent, agentId: numberOf(agentId), rcUserId: numberOf(rcUserId), agentGroupId: numberOf(agentGroupId) ?? null };
}

function numberOf(id: string | undefined): number | string | undefined {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : id;
}
