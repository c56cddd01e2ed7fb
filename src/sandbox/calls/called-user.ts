import type { Directory, Owner } from '../directory.ts';

/** Whose number it is, as a user dials it: another of the platform's, an extension of the same account, or nobody. */
export function calledUser(directory: Directory, { account }: Owner, number: string): Owner | undefined {
  if (number.startsWith('+')) return directory.findOwnerOfNumber(number);
  const extension = directory.findExtensionNumber(account.id, number);
  return extension && { account, extension };
}
