import type { Session, Subject } from '../authorization/session.ts';
import type { Account, App, Owner } from '../directory.ts';
import type { LimitGroup } from '../rate-limits.ts';
import type { World } from '../world.ts';
import type { Answering } from './answer.ts';
import type { PlatformRequest } from './platform-request.ts';

/** A request that may be made: in a file below `operations/` or another room's. */
export type Operation = PublicOperation | TokenOperation | AccountOperation | ExtensionOperation;

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Its parameters in braces, named as the platform names them. */
  readonly path: string;
}

interface Guarded extends Route {
  readonly group: LimitGroup | 'NoThrottling';
  /** The application permission that the app must have, itself or as part of a wider one; `A OR B` where either will do. */
  readonly permission?: string;
  /** The permission that the user's role must hold; `A OR B` where either will do. */
  readonly userPermission?: string;
}

/** One that needs no token, and has no limit. */
export interface PublicOperation extends Route {
  readonly access: 'public';
  answer(call: PublicCall): Answering;
}

/** One that needs a token and means no account by its path: a dictionary, a subscription. */
export interface TokenOperation extends Guarded {
  readonly access: 'token';
  /** Whose tokens may ask; all unless told. Others get 401. */
  readonly subjects?: readonly Subject['kind'][];
  /** @throws Refused */
  answer(call: TokenCall): Answering;
}

/** One at `…/account/{accountId}…`, outside any extension. A signup session may not ask. */
export interface AccountOperation extends Guarded {
  readonly access: 'account';
  /** @throws Refused */
  answer(call: AccountCall): Answering;
}

/** One at `…/account/{accountId}/extension/{extensionId}…`. A signup session may not ask. */
export interface ExtensionOperation extends Guarded {
  readonly access: 'extension';
  /** Whether any user may ask about any extension of its account, as in a company's directory. */
  readonly ofColleagues?: true;
  /** @throws Refused */
  answer(call: OperationCall): Answering;
}

/** A request for a public operation. */
export interface PublicCall {
  readonly world: World;
  readonly request: PlatformRequest;
  readonly parameters: PathParameters;
}

/** A request whose caller is known and permitted. */
export interface TokenCall extends PublicCall {
  readonly app: App;
  readonly session: Session;
  /** The user of the token; absent in a client-credentials session. */
  readonly caller: Owner | undefined;
}

/** One for an account that the caller may ask about. */
export interface AccountCall extends TokenCall {
  readonly account: Account;
}

/** One for an extension that the caller may ask about: its own, or, as an administrator or of colleagues, another of its account. */
export interface OperationCall extends AccountCall {
  readonly owner: Owner;
}

/** What stood in the place of each brace. */
export type PathParameters = Readonly<Record<string, string>>;

/** The path of an account, as the platform's own links write it. */
export function accountUri(world: World, { account }: Pick<Owner, 'account'>): string {
  return `${world.origin}/restapi/v1.0/account/${account.id}`;
}

/** The path of an extension, as the platform's own links write it. */
export function extensionUri(world: World, owner: Owner): string {
  return `${accountUri(world, owner)}/extension/${owner.extension.id}`;
}
