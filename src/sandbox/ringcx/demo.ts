import type { RingCxMainAccount } from './main-account.ts';

/**
 * The contact center of the documents' examples: administrator 1111, who is agent 111111, John Wang, of RingForce.
 *
 * Front Desk and Back Office sign in as him, Warehouse as somebody who may not see other users; Fax Desk has no part in it.
 */
export const RING_CX_DEMO: readonly RingCxMainAccount[] = [
  {
    mainAccountId: '333330',
    mainAccountName: 'RingForce Holding',
    platformId: 'SBX80',
    subAccounts: [
      { accountId: '333333', accountName: 'RingForce' },
      { accountId: '333334', accountName: 'RingForce Training' },
    ],
    users: [
      {
        userId: 1111,
        userName: 'john.wang@example.com',
        firstName: 'John',
        lastName: 'Wang',
        enabled: true,
        roles: ['SUPER_USER', 'MANAGE_USERS', 'USER'],
        rcUserId: 222222,
        extensionIds: [1_110_475_004, 403_141_004],
        password: 'RingCX-1111',
        agents: [{ agentId: 111111, agentType: 'AGENT', accountId: '333333' }],
      },
      {
        userId: 1112,
        userName: 'warehouse@example.com',
        firstName: 'Mary',
        lastName: 'Major',
        enabled: true,
        roles: ['USER'],
        rcUserId: 222223,
        parentUserId: 1111,
        extensionIds: [256_440_016],
        agents: [{ agentId: 111112, agentType: 'SUPERVISOR', accountId: '333334' }],
      },
      {
        userId: 1113,
        userName: 'richard.roe@example.com',
        firstName: 'Richard',
        lastName: 'Roe',
        enabled: false,
        roles: ['USER'],
        rcUserId: 222224,
        parentUserId: 1111,
        extensionIds: [],
        password: 'RingCX-1113',
        agents: [],
      },
    ],
  },
];
