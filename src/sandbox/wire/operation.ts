import type { Owner } from '../directory.ts';
import type { LimitGroup } from '../rate-limits.ts';
import type { World } from '../world.ts';
import type { Answer } from './answer.ts';
import type { PlatformRequest } from './platform-request.ts';

/** A request that may be made: in a file below `operations/`. */
export type Operation = PublicOperation | TokenOperation;

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Its parameters in braces, named as the platform names them. */
  readonly path: string;
}

/** One that needs no token, and has no limit. */
export interface PublicOperation extends Route {
  readonly access: 'public';
  answer(call: PublicCall): Answer;
}

/** One that needs a token of an app with the permission. */
export interface TokenOperation extends Route {
  readonly access: 'token';
  readonly group: LimitGroup;
  readonly permission: string;
  /** @throws Refused */
  answer(call: OperationCall): Answer;
}

/** A request for a public operation. */
export interface PublicCall {
  readonly world: World;
  readonly request: PlatformRequest;
}

/** A request whose caller is known and permitted, and asks for nothing of another's. */
export interface OperationCall extends PublicCall {
  readonly parameters: PathParameters;
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
