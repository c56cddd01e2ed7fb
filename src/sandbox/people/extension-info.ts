import type { Extension, Owner } from '../directory.ts';
import { accountUri, extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';
import { renderFeatures } from './account-info.ts';
import { profileOf } from './profile.ts';
import { renderRegionalSettings } from './regional-settings.ts';

/** RingCentral OpenAPI `ProfileImageScale`, without the original. */
export const IMAGE_SCALES = ['90x90', '195x195', '584x584'] as const;

/** An extension, as its own resource shows it. */
export function renderExtension(world: World, owner: Owner): object {
  return {
    ...renderListedExtension(world, owner),
    account: { uri: accountUri(world, owner), id: String(owner.account.id) },
    regionalSettings: renderRegionalSettings(world, owner.extension.regional),
    serviceFeatures: renderFeatures(),
    setupWizardState: owner.extension.setupWizardState ?? 'Completed',
  };
}

/** An extension, as a list of them shows it. */
export function renderListedExtension(world: World, owner: Owner): object {
  const { id, extensionNumber, name, mainAdministrator, status = 'Enabled', type = 'User', hidden = false, createdAt } = owner.extension;
  return {
    uri: extensionUri(world, owner),
    id,
    extensionNumber,
    name,
    contact: renderContact(owner),
    permissions: { admin: { enabled: mainAdministrator }, internationalCalling: { enabled: false } },
    profileImage: renderProfileImage(world, owner),
    status,
    type,
    hidden,
    ...(createdAt !== undefined && { creationTime: new Date(createdAt).toISOString() }),
  };
}

/** An extension, as other resources name it. */
export function nameExtension(world: World, owner: Owner) {
  const { id, extensionNumber, name } = owner.extension;
  return { uri: extensionUri(world, owner), id, extensionNumber, name };
}

/** A user's first and last name; where only the whole is known, its first word and the rest. */
export function namesOf({ name, contact }: Extension): { readonly firstName: string; readonly lastName: string } {
  const [first = '', ...rest] = name.split(' ');
  return { firstName: contact?.firstName ?? first, lastName: contact?.lastName ?? (contact?.firstName === undefined ? rest.join(' ') : '') };
}

function renderContact({ account, extension }: Owner): object {
  return { company: account.name, ...extension.contact, ...namesOf(extension), name: extension.name, email: extension.email };
}

function renderProfileImage(world: World, owner: Owner): object {
  const uri = `${extensionUri(world, owner)}/profile-image`;
  const { image } = profileOf(world, owner);
  if (!image) return { uri };
  return {
    uri,
    etag: image.etag,
    lastModified: new Date(image.changedAt).toISOString(),
    contentType: image.contentType,
    scales: IMAGE_SCALES.map((scale) => ({ uri: `${uri}/${scale}` })),
  };
}
