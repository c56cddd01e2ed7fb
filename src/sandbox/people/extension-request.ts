import { type Static, Type } from 'typebox';
import type { ContactDetails, Extension, Owner } from '../directory.ts';
import { restRefusal } from '../wire/rest-refusal.ts';
import type { World } from '../world.ts';
import { namesOf } from './extension-info.ts';
import { RegionalSettingsRequest, readRegionalSettings } from './regional-settings-request.ts';

const Short = Type.Optional(Type.String({ maxLength: 64 }));
const Text = Type.Optional(Type.String());
export const Email = Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' });
export const AddressRequest = Type.Object({ street: Text, city: Text, state: Text, zip: Text, country: Text });
const Contact = {
  lastName: Short,
  company: Short,
  jobTitle: Short,
  department: Short,
  businessPhone: Text,
  mobilePhone: Text,
  emailAsLoginName: Type.Optional(Type.Boolean()),
  businessAddress: Type.Optional(AddressRequest),
};
const oneOf = <Choice extends string>(...choices: readonly Choice[]) => Type.Unsafe<Choice>(Type.Enum([...choices]));
const Settings = {
  extensionNumber: Type.Optional(Type.String({ pattern: '^[1-9]\\d{1,7}$' })),
  password: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  regionalSettings: Type.Optional(RegionalSettingsRequest),
  setupWizardState: Type.Optional(oneOf('NotStarted', 'Incomplete', 'Completed')),
};

/** RingCentral OpenAPI `ExtensionCreationRequest`, as far as the sandbox keeps it. */
export const ExtensionCreationRequest = Type.Object({
  ...Settings,
  contact: Type.Object({ ...Contact, firstName: Type.String({ minLength: 1, maxLength: 64 }), email: Email }),
  status: Type.Optional(oneOf('Enabled', 'Disabled', 'Frozen', 'NotActivated', 'Unassigned')),
  type: Type.Optional(
    oneOf(
      'User',
      'VirtualUser',
      'DigitalUser',
      'FlexibleUser',
      'Department',
      'Announcement',
      'Voicemail',
      'SharedLinesGroup',
      'PagingOnly',
      'ParkLocation',
      'Limited',
    ),
  ),
  hidden: Type.Optional(Type.Boolean()),
});

/** RingCentral OpenAPI `ExtensionUpdateRequest`, as far as the sandbox keeps it. */
export const ExtensionUpdateRequest = Type.Object({
  ...Settings,
  contact: Type.Optional(Type.Object({ ...Contact, firstName: Short, email: Type.Optional(Email) })),
  status: Type.Optional(oneOf('Enabled', 'Disabled', 'Frozen', 'NotActivated')),
});

// As RingCentral numbers a new account's first users.
const FIRST_EXTENSION_NUMBER = 101;
const FIRST_ID = 100_000_000;
const LAST_ID = 2_000_000_000;

/**
 * The user that a request asks for. One without a password cannot sign in.
 *
 * @throws Refused  400: CMN-406 for an extension number or an e-mail address that another has
 */
export function newExtension(world: World, accountId: number, request: Static<typeof ExtensionCreationRequest>): Extension {
  const { contact, extensionNumber = freeExtensionNumber(world, accountId), password = '', regionalSettings, status, type, hidden, setupWizardState } = request;
  checkFree(world, accountId, undefined, { extensionNumber, email: contact.email });
  const { email, ...details } = contact;
  return {
    id: drawId(world),
    extensionNumber,
    name: wholeName(details),
    email,
    password,
    mainAdministrator: false,
    directNumbers: [],
    forwardingNumbers: [],
    contact: details,
    setupWizardState: setupWizardState ?? 'NotStarted',
    createdAt: world.now(),
    ...(regionalSettings && { regional: readRegionalSettings(regionalSettings) }),
    ...(type !== undefined && { type }),
    ...(hidden !== undefined && { hidden }),
    // `Unassigned` is for an extension that no user has yet: here it has one.
    ...(status !== undefined && status !== 'Unassigned' && { status }),
  };
}

/** The user as a request changes it. @throws Refused  as `newExtension` */
export function changedExtension(world: World, { account, extension }: Owner, request: Static<typeof ExtensionUpdateRequest>): Extension {
  const { contact, regionalSettings, ...plain } = request;
  checkFree(world, account.id, extension, { extensionNumber: plain.extensionNumber, email: contact?.email });
  const { email = extension.email, ...details } = contact ?? {};
  const names = { ...namesOf(extension), ...details };
  return {
    ...extension,
    ...plain,
    ...(contact && { email, contact: { ...extension.contact, ...names }, name: wholeName(names) }),
    ...(regionalSettings && { regional: { ...extension.regional, ...readRegionalSettings(regionalSettings) } }),
  };
}

/** An id that no account and no extension has. */
export function drawId(world: World): number {
  for (;;) {
    const id = world.random.integer(FIRST_ID, LAST_ID);
    if (!world.directory.hasId(id)) return id;
  }
}

function wholeName({ firstName = '', lastName = '' }: ContactDetails): string {
  return `${firstName} ${lastName}`.trim();
}

function checkFree(
  { directory }: World,
  accountId: number,
  own: Extension | undefined,
  { extensionNumber, email }: { readonly extensionNumber: string | undefined; readonly email: string | undefined },
): void {
  const namesake = extensionNumber === undefined ? undefined : directory.findExtensionNumber(accountId, extensionNumber);
  if (namesake && namesake.id !== own?.id) throw duplicate('extensionNumber');
  const sharer = email === undefined ? undefined : directory.findByEmail(email)?.extension;
  if (sharer && sharer.id !== own?.id) throw duplicate('contact.email');
}

function duplicate(parameterName: string) {
  return restRefusal(400, 'CMN-406', `Duplicate value for parameter [${parameterName}] found`, { about: { parameterName } });
}

function freeExtensionNumber({ directory }: World, accountId: number): string {
  for (let number = FIRST_EXTENSION_NUMBER; ; number += 1) {
    if (!directory.findExtensionNumber(accountId, String(number))) return String(number);
  }
}
