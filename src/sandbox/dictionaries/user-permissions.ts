/** What a user's role may hold; a request asks for it beside the app's permission. */
export interface UserPermission {
  /** As `x-user-permission` of RingCentral's OpenAPI file names it. */
  readonly id: string;
  readonly categoryId: CategoryId;
  /** Whether only an administrator's role holds it. */
  readonly isAdministrative: boolean;
}

type CategoryId = keyof typeof CATEGORIES;

/** The groups in which roles show them. */
export const CATEGORIES = {
  Accounts: 'Company settings',
  CallLog: 'Call log',
  Contacts: 'Contacts',
  Messages: 'Messages',
  PhoneNumbers: 'Phone numbers',
  Presence: 'Presence',
  UserSettings: 'User settings',
} as const;

const held = (categoryId: CategoryId, ...ids: readonly string[]): UserPermission[] => ids.map((id) => ({ id, categoryId, isAdministrative: false }));
const administrative = (categoryId: CategoryId, ...ids: readonly string[]): UserPermission[] => ids.map((id) => ({ id, categoryId, isAdministrative: true }));

/** Those that the sandbox's operations ask for. Which role holds which is the sandbox's choice: RingCentral lets an account decide. */
export const USER_PERMISSIONS: readonly UserPermission[] = [
  ...administrative('Accounts', 'AddRemoveUsers', 'EditCompanyInfo'),
  ...held('Accounts', 'ReadCompanyAnsweringRules', 'ReadCompanyInfo', 'ReadExtensions'),
  ...administrative('CallLog', 'FullCompanyCallLog'),
  ...held('CallLog', 'EditCallLog', 'ReadCallLog'),
  ...held('Contacts', 'EditPersonalContacts', 'ReadPersonalContacts'),
  ...held('Messages', 'EditMessages', 'InternalSMS', 'OutboundFaxes', 'OutboundSMS', 'ReadMessages'),
  ...administrative('PhoneNumbers', 'AddRemovePhoneNumbers'),
  ...held('PhoneNumbers', 'ReadCompanyPhoneNumbers', 'ReadUserPhoneNumbers'),
  ...held('Presence', 'ReadPresenceStatus'),
  ...held('UserSettings', 'EditCallerIDSettings', 'EditUserAnsweringRules', 'EditUserForwardingFlipNumbers', 'EditUserInfo'),
  ...held('UserSettings', 'OrganizeConference', 'ReadCallerIDSettings', 'ReadExtensionGrant', 'ReadUserDevices', 'ReadUserForwardingFlipNumbers'),
];

const byId = new Map(USER_PERMISSIONS.map((permission) => [permission.id, permission]));

export function findUserPermission(id: string): UserPermission | undefined {
  return byId.get(id);
}

/** Whether a user's role holds it: administrators have all, others all that are not administrative; less what was withheld. */
export function holdsPermission(user: { readonly mainAdministrator: boolean; readonly withheldPermissions?: readonly string[] }, id: string): boolean {
  if (user.withheldPermissions?.includes(id)) return false;
  return user.mainAdministrator || !byId.get(id)?.isAdministrative;
}
