import type { Extension } from '../directory.ts';
import type { World } from '../world.ts';

/** What a change of a user says of signing in. */
export interface SignInChange {
  readonly password?: string | undefined;
  readonly status?: Extension['status'] | undefined;
}

/**
 * Saves a user as it is changed. With a new password every token issued to him is dead at once, however it was won, and every
 * browser he is signed in at is signed out; whoever may not sign in any more is not signed in either.
 *
 * @see RingCentral OAuth 2.0 (2016), "Tokens"
 */
export function changeUser(world: World, accountId: number, extension: Extension, { password, status = 'Enabled' }: SignInChange): void {
  const ownerId = String(extension.id);
  world.directory.saveExtension(accountId, extension);
  if (password !== undefined) world.authorization.passwordGuesses.forget(ownerId);
  if (password !== undefined || status !== 'Enabled') endEverything(world, ownerId);
}

/** The user no longer wants the app: its sessions end, and it must ask again. */
export function revokeApp(world: World, ownerId: string, clientId: string): void {
  world.authorization.consents.withdraw(ownerId, clientId);
  world.sessions.endAllOf(ownerId, clientId);
}

function endEverything(world: World, ownerId: string): void {
  world.sessions.endAllOf(ownerId);
  world.authorization.browserLogins.endAllOf(ownerId);
}
