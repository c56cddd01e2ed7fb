/** A kind of event that may be subscribed to. */
export interface EventKind {
  /** The filter's path; what varies stands in braces. */
  readonly path: string;
  /** The application permission without which the filter is disabled. */
  readonly permission: string;
  /** What is answered where the caller may not hear of that extension: SUB-405 for messages. */
  readonly aboutMessages?: true;
}

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;

/**
 * Every filter that the platform documents for `/restapi/v1.0/subscription`, with the permission that its page names.
 *
 * @see RingCentral "Selecting the events you want to subscribe to" and the pages below it
 */
export const EVENT_KINDS: readonly EventKind[] = [
  { path: `${EXTENSION}/message-store`, permission: 'ReadMessages', aboutMessages: true },
  { path: `${EXTENSION}/message-store/instant`, permission: 'ReadMessages', aboutMessages: true },
  { path: `${EXTENSION}/fax`, permission: 'ReadMessages', aboutMessages: true },
  { path: `${EXTENSION}/voicemail`, permission: 'ReadMessages', aboutMessages: true },
  { path: `${EXTENSION}/telephony/sessions`, permission: 'CallControl' },
  { path: `${ACCOUNT}/telephony/sessions`, permission: 'CallControl' },
  { path: `${EXTENSION}/presence`, permission: 'ReadPresence' },
  { path: `${EXTENSION}/presence/dnd`, permission: 'ReadPresence' },
  { path: `${EXTENSION}/presence/line`, permission: 'ReadPresence' },
  { path: `${EXTENSION}/presence/line/presence`, permission: 'ReadPresence' },
  { path: `${EXTENSION}/favorite`, permission: 'ReadPresence' },
  { path: `${ACCOUNT}/presence`, permission: 'ReadPresence' },
  { path: EXTENSION, permission: 'ReadAccounts' },
  { path: `${ACCOUNT}/extension`, permission: 'ReadAccounts' },
  { path: `${EXTENSION}/grant`, permission: 'ReadAccounts' },
  { path: `${ACCOUNT}/directory/entries`, permission: 'ReadAccounts' },
  { path: `${ACCOUNT}/device/{deviceId}/emergency-address`, permission: 'ReadAccounts' },
  { path: `${ACCOUNT}/phone-number`, permission: 'ReadAccounts' },
  { path: `${ACCOUNT}/a2p-sms/batches`, permission: 'A2PSMS' },
  { path: `${ACCOUNT}/a2p-sms/batches/{batchId}`, permission: 'A2PSMS' },
  { path: `${ACCOUNT}/a2p-sms/messages`, permission: 'A2PSMS' },
  { path: `${ACCOUNT}/a2p-sms/opt-outs`, permission: 'A2PSMS' },
  { path: '/team-messaging/v1/posts', permission: 'TeamMessaging' },
  { path: '/team-messaging/v1/chats', permission: 'TeamMessaging' },
  { path: '/team-messaging/v1/groups', permission: 'TeamMessaging' },
  { path: '/team-messaging/v1/teams', permission: 'TeamMessaging' },
  { path: '/restapi/v1.0/glip/posts', permission: 'Glip' },
  { path: '/restapi/v1.0/glip/groups', permission: 'Glip' },
  { path: '/restapi/v1.0/glip/teams', permission: 'Glip' },
];
