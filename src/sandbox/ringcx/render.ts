import type { RingCxMember } from './main-account.ts';
import type { RingCxSession } from './session.ts';

/** What a sign-in is answered with, in RingCX's `AccessTokenUserDetails`; the documents print its first nine fields. */
export function renderSession({ accessTokens, refresh, ssoLogin }: RingCxSession, { main, user }: RingCxMember): object {
  return {
    refreshToken: refresh?.token ?? null,
    accessToken: accessTokens.at(-1)?.token,
    tokenType: 'Bearer',
    agentDetails: user.agents.map(({ agentId, agentType, accountId }) => ({
      agentId,
      firstName: user.firstName,
      lastName: user.lastName,
      email: user.userName,
      username: user.userName,
      agentType,
      rcUserId: user.rcUserId,
      accountId,
      accountName: main.subAccounts.find((sub) => sub.accountId === accountId)?.accountName,
      agentGroupId: null,
      allowLoginControl: true,
      allowLoginUpdates: true,
    })),
    adminId: user.userId,
    adminUrl: '/voice/admin/',
    agentUrl: '/voice/agent/',
    ssoLogin,
    mainAccountId: main.mainAccountId,
    platformId: main.platformId,
    rcUser: { email: user.userName, firstName: user.firstName, lastName: user.lastName },
  };
}

/** RingCX's `User`. */
export function renderUser({ user, rcAccountId }: RingCxMember, children: readonly object[] = []): object {
  return {
    userId: user.userId,
    userName: user.userName,
    firstName: user.firstName,
    lastName: user.lastName,
    fullName: `${user.firstName} ${user.lastName}`,
    enabled: user.enabled,
    roles: user.roles.map((roleType) => ({ roleType, description: roleType })),
    regionalSettings: { homeCountryCode: 'US', language: 'en-US', formattingLocale: 'en-US', greetingLanguage: 'en-US', timeFormat: '12h' },
    rcUserId: user.rcUserId,
    ...(rcAccountId !== undefined && { rcAccountId }),
    rootUser: user.parentUserId === undefined,
    userManagedByRC: user.extensionIds.length > 0,
    children,
  };
}

/** RingCX's `Account`, of the many flags only what an account is. */
export function renderAccounts({ main, rcAccountId }: RingCxMember): readonly { readonly accountId: string }[] {
  const { mainAccountId, mainAccountName } = main;
  return main.subAccounts.map(({ accountId, accountName }) => ({
    accountId,
    accountName,
    mainAccountId,
    mainAccountName,
    mainAccount: { mainAccountId, mainAccountName, isActive: 1, ...(rcAccountId !== undefined && { rcAccountId }) },
    enableInbound: true,
    enableOutbound: true,
    rcAccountAccess: 'ENABLED',
  }));
}
