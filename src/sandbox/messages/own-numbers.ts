import type { Directory, Owner } from '../directory.ts';
import type { Party } from './message.ts';

/** The numbers under which a user sends: its own, and the company's for whom the company's number rings. E.164. */
export function ownNumbersOf(directory: Directory, { account, extension }: Owner): readonly string[] {
  const isForCompany = directory.mainAdministratorOf(account)?.id === extension.id;
  return [...extension.directNumbers, ...(isForCompany ? [account.mainNumber] : [])];
}

/** As whom a user faxes: under its first own number, else the company's. */
export function faxSenderOf({ account, extension }: Owner): Party {
  return { phoneNumber: extension.directNumbers[0] ?? account.mainNumber, name: extension.name };
}
