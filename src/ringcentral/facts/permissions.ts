/**
 * RingCentral's application permissions, each with those it includes directly.
 *
 * @see RingCentral "Application permissions" (2016 table, whose inclusions still hold) and "Permissions" (2025-03)
 */
export const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  A2PSMS: [],
  AI: [],
  Accounts: ['EditAccounts'],
  Analytics: [],
  CallControl: [],
  Contacts: ['ReadContacts'],
  ControlWebinars: [],
  DirectRingOut: [],
  EditAccounts: ['ReadAccounts', 'EditExtensions'],
  EditCallLog: ['ReadCallLog'],
  EditCustomData: [],
  EditExtensions: [],
  EditMessages: ['ReadMessages'],
  EditPaymentInfo: [],
  EditPresence: ['ReadPresence'],
  EditReportingSettings: [],
  EditUserCredentials: [],
  EditWebinars: [],
  Faxes: ['ReadMessages'],
  Glip: [],
  InternalMessages: ['ReadMessages'],
  Interoperability: [],
  Meetings: [],
  NumberLookup: [],
  ReadAccounts: [],
  ReadAuditTrail: [],
  ReadCallLog: [],
  ReadCallRecording: ['ReadCallLog'],
  ReadClientInfo: [],
  ReadContacts: [],
  ReadMessages: [],
  ReadPresence: [],
  ReadWebinars: [],
  RingOut: [],
  RingSense: [],
  RoleManagement: [],
  SMS: ['ReadMessages'],
  SubscriptionWebhook: [],
  TeamMessaging: [],
  Video: [],
  VoipCalling: [],
  Voicemail: [],
  WebSocket: [],
  WebSocketsSubscriptions: [],
};

/** Whether RingCentral has a Permission of this name. */
export function isPermission(name: string): boolean {
  return Object.hasOwn(PERMISSIONS, name);
}

/** The Permission itself and all it includes, transitively: Accounts gives EditAccounts, and so ReadAccounts. */
export function withIncluded(permission: string): ReadonlySet<string> {
  return INCLUDED.get(permission) ?? included(permission);
}

function included(permission: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [permission];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    if (isPermission(next)) open.push(...(PERMISSIONS[next] ?? []));
  }
  return found;
}

// Every request of a Client with a list of Permissions asks.
const INCLUDED: ReadonlyMap<string, ReadonlySet<string>> = new Map(Object.keys(PERMISSIONS).map((permission) => [permission, included(permission)]));
