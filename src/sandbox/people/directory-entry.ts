import type { Owner } from '../directory.ts';
import { numbersOfExtension } from '../numbers/phone-numbers.ts';
import { extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';
import { namesOf } from './extension-info.ts';
import { profileOf } from './profile.ts';

/** A colleague, as the company's directory shows it. */
export function renderDirectoryEntry(world: World, owner: Owner): object {
  const { account, extension } = owner;
  const { id, name, email, extensionNumber, status = 'Enabled', type = 'User', hidden = false, contact } = extension;
  const { image } = profileOf(world, owner);
  const main = { phoneNumber: account.mainNumber, type: 'VoiceFax', usageType: 'MainCompanyNumber' };
  return {
    id: String(id),
    type,
    status,
    account: { id: String(account.id), companyName: account.name, mainNumber: main },
    extensionNumber,
    ...namesOf(extension),
    name,
    email,
    ...(contact?.jobTitle !== undefined && { jobTitle: contact.jobTitle }),
    ...(contact?.department !== undefined && { department: contact.department }),
    phoneNumbers: numbersOfExtension(account, extension).map(({ phoneNumber, usageType }) => ({ phoneNumber, type: 'VoiceFax', usageType, hidden: false })),
    ...(image && { profileImage: { etag: image.etag, uri: `${extensionUri(world, owner)}/profile-image` } }),
    hidden,
  };
}
