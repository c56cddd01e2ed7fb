import type { Owner } from '../directory.ts';
import type { World } from '../world.ts';

/** Whose name and password they are, or why that is not said. */
export type PasswordVerdict = { readonly outcome: 'right'; readonly owner: Owner } | { readonly outcome: 'wrong' } | { readonly outcome: 'locked' };

/** Checks a user's name and password, and counts the wrong ones. */
export function checkPassword(world: World, username: string, extension: string | undefined, password: string): PasswordVerdict {
  const owner = world.directory.findLogin(username, extension);
  if (!owner) return { outcome: 'wrong' };
  const ownerId = String(owner.extension.id);
  const { passwordGuesses } = world.authorization;
  if (passwordGuesses.isLocked(ownerId)) return { outcome: 'locked' };
  if (owner.extension.password !== password) {
    passwordGuesses.count(ownerId);
    return { outcome: 'wrong' };
  }
  passwordGuesses.forget(ownerId);
  return { outcome: 'right', owner };
}
