/** A customer of RingCX, whose users sign in with their RingCentral extension, or with a password of RingCX's own. */
export interface RingCxMainAccount {
  readonly mainAccountId: string;
  readonly mainAccountName: string;
  /** Where it lives; permanent API tokens begin with it. */
  readonly platformId: string;
  /** Most operations are on one of these. */
  readonly subAccounts: readonly RingCxSubAccount[];
  readonly users: readonly RingCxUser[];
}

/** One of a main account's sub-accounts. */
export interface RingCxSubAccount {
  readonly accountId: string;
  readonly accountName: string;
}

/** Somebody who administrates, and may be an agent too. */
export interface RingCxUser {
  /** The `adminId` of its tokens. */
  readonly userId: number;
  readonly userName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly enabled: boolean;
  readonly roles: readonly RingCxRole[];
  readonly rcUserId: number;
  /** The user who made this one; absent at the top. */
  readonly parentUserId?: number;
  /** The RingCentral extensions whose tokens are exchanged for this user's. */
  readonly extensionIds: readonly number[];
  /** Absent where there is no sign-in but by RingCentral's. */
  readonly password?: string;
  readonly agents: readonly RingCxAgent[];
}

/** What a user is in a sub-account's calls. */
export interface RingCxAgent {
  readonly agentId: number;
  readonly agentType: 'AGENT' | 'SUPERVISOR';
  readonly accountId: string;
}

/** What a user may do. @see RingCX OpenAPI file, `Role` */
export type RingCxRole = 'SUPER_USER' | 'USER' | 'MANAGE_USERS' | 'MANAGE_RIGHTS';

/** A user, with the main account it belongs to. */
export interface RingCxMember {
  readonly main: RingCxMainAccount;
  readonly user: RingCxUser;
  /** The RingCentral account of the user's extension; absent where it has none. */
  readonly rcAccountId?: string;
}
