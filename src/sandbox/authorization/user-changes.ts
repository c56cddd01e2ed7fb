import type { Extension, Owner } from '../directory.ts';
import type { World } from '../world.ts';

/**
 * Gives a user a new password: every token issued to him is dead at once, however it was won, and every browser he is
 * signed in at is signed out.
 *
 * @see RingCentral OAuth 2.0 (2016), "Tokens"
 */
export function changePassword(world: World, { account, extension }: Owner, password: string): void {
  world.directory.saveExtension(account.id, { ...extension, password });
  world.authorization.passwordGuesses.forget(String(extension.id));
  endEverything(world, String(extension.id));
}

/** Enables or disables a user; whoever may not sign in any more is not signed in either. */
export function changeStatus(world: World, { account, extension }: Owner, status: NonNullable<Extension['status']>): void {
  world.directory.saveExtension(account.id, { ...extension, status });
  if (status !== 'Enabled') endEverything(world, String(extension.id));
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
