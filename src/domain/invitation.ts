import type { Page, PageRequest } from './page.ts';
import type { Secret } from './secret.ts';

/** How a person may connect: by the platform's consent page, or by pasting a JWT credential. */
export const WAYS = ['consent', 'jwt'] as const;
/** One of them. */
export type Way = (typeof WAYS)[number];

/**
 * A link with which one person connects one Connection, once.
 *
 * Whoever has the link may use it, so it is as good as a key: only its hash is stored.
 */
export interface Invitation {
  readonly id: string;
  /** SHA-256 of the secret in the link, hexadecimal. */
  readonly secretHash: string;
  /** Created with `app` and `labels` when the person connects, where it is not there yet. */
  readonly connection: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where the person is led afterwards; one of the App's own list. */
  readonly returnTo: string | undefined;
  readonly ways: readonly Way[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Set while somebody connects with it, and for good once that has succeeded. */
  readonly usedAt: number | undefined;
  /** The browser that has connected with it, as `SignInAttempt` knows it. */
  readonly usedBy: string | undefined;
}

/** What a person gives to create an invitation. */
export interface InvitationDraft {
  readonly connection: string;
  readonly app: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly returnTo?: string;
  readonly ways?: readonly Way[];
  readonly expiresInSeconds?: number;
}

/** `open`: it may be used. */
export type InvitationState = 'open' | 'used' | 'expired';

/** An invitation as its maker sees it: everything but the link, which is shown when it is made and never again. */
export interface InvitationView {
  readonly id: string;
  readonly connection: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly returnTo?: string;
  readonly ways: readonly Way[];
  readonly state: InvitationState;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt?: number;
}

/**
 * A sign-in with the platform's consent page that was begun: what is needed to judge the answer, and to redeem its code.
 *
 * It dies with its first answer, whatever that is, or with its time.
 *
 * @see RFC 6749 §10.12; RFC 9700 §4.7
 */
export interface SignInAttempt {
  /** SHA-256 of the `state` that was sent, hexadecimal. */
  readonly stateHash: string;
  /** The invitation it belongs to; absent where the command line has begun it. */
  readonly invitation: string | undefined;
  readonly connection: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  /** SHA-256 of what the browser's cookie holds; absent where the command line keeps the `state` itself. */
  readonly browserHash: string | undefined;
  /** What was sent as `redirect_uri`, and is sent again with the code. */
  readonly redirectUri: string;
  /** The `iss` that the answer must have, where the platform's metadata promise one. */
  readonly issuer: string | undefined;
  readonly expiresAt: number;
  /** Set by its first answer. */
  readonly usedAt: number | undefined;
}

/** What of an attempt is secret. */
export interface AttemptSecrets {
  /** PKCE's `code_verifier`. */
  readonly verifier: Secret;
  /** The secret in the invitation's link, so that the person can be led back to it; absent without one. */
  readonly link: Secret | undefined;
  /** What a program waits for that has sent the person, as the Bridge has written it; absent where none has. */
  readonly wish?: Secret | undefined;
}

/** Where invitations rest, and the sign-ins that were begun; what is secret in an attempt is sealed there. */
export interface InvitationStore {
  /** @throws AppNotFound */
  createInvitation(invitation: Invitation): Promise<void>;
  findInvitation(secretHash: string): Promise<Invitation | undefined>;
  getInvitation(id: string): Promise<Invitation | undefined>;
  /** In the order of their ids. */
  listInvitations(page: PageRequest): Promise<Page<Invitation>>;
  /** Removes an invitation with its attempts. @returns false where there is none */
  removeInvitation(id: string): Promise<boolean>;
  /**
   * Counts one more try to connect with it.
   *
   * @returns false where `most` have been made, or it is used or over
   */
  countTry(id: string, most: number, now: number): Promise<boolean>;
  /** Uses it, where nobody has and its time is not over. @returns whether it was free */
  claimInvitation(id: string, now: number): Promise<boolean>;
  /** What it was used for has succeeded, in this browser. */
  settleInvitation(id: string, browserHash: string): Promise<void>;
  /** Makes it free again, because what it was used for has failed; without effect where it is settled. */
  releaseInvitation(id: string): Promise<void>;
  /** @throws AppNotFound */
  createAttempt(attempt: SignInAttempt, secrets: AttemptSecrets): Promise<void>;
  findAttempt(stateHash: string): Promise<SignInAttempt | undefined>;
  /**
   * Uses it up, where that has not happened yet.
   *
   * @returns its secrets, to the first who asks only; they are gone from then on
   */
  takeAttempt(stateHash: string, now: number): Promise<AttemptSecrets | undefined>;
  /** Removes the attempts that have been over since before `time`, however many programs have begun. */
  removeAttemptsOver(time: number): Promise<void>;
  /** Removes the invitations and attempts that have been over since before `time`. */
  removeOver(time: number): Promise<void>;
}

/** What of an invitation its maker sees. */
export function viewInvitation(invitation: Invitation, now: number): InvitationView {
  const { id, connection, app, labels, returnTo, ways, createdAt, expiresAt, usedAt } = invitation;
  return {
    id,
    connection,
    app,
    labels,
    ...(returnTo !== undefined && { returnTo }),
    ways,
    state: stateOf(invitation, now),
    createdAt,
    expiresAt,
    ...(usedAt !== undefined && { usedAt }),
  };
}

function stateOf({ usedAt, expiresAt }: Invitation, now: number): InvitationState {
  if (usedAt !== undefined) return 'used';
  return now >= expiresAt ? 'expired' : 'open';
}
