/**
 * Operations that place a call, send a message, or do so for others: a repeat is felt by people, so they are never sent
 * twice on the gateway's own account, and take an `Idempotency-Key`.
 *
 * @see RingCentral API reference: RingOut, Call Control, SMS, MMS, Fax, Pager, High-Volume SMS, Team Messaging, Video invitations
 */
const SENDS: readonly RegExp[] = [
  /\/ring-?out$/,
  /\/call-out$/,
  /\/call-queues\/[^/]+\/call-out$/,
  /\/telephony\/(call-out|conference)$/,
  /\/telephony\/sessions\/[^/]+\/(parties|supervise)$/,
  /\/telephony\/sessions\/[^/]+\/parties\/[^/]+\/(bring-in|forward|transfer|bridge|flip|answer|reply|supervise)$/,
  /\/(sms|mms|fax|company-pager|internal-text)$/,
  /\/a2p-sms\/(batches|messages)$/,
  /\/meeting(\/[^/]+\/invite)?$/,
  /^\/team-messaging\/v\d+\/(chats|groups)\/[^/]+\/posts$/,
  /^\/restapi\/[^/]+\/glip\/(chats|groups)\/[^/]+\/posts$/,
  /\/posts$/,
  /^\/voice\/api\/.*\/manualAgentCall/,
];

/**
 * Whether a request places a call or sends something.
 *
 * @param path  normalised, without query
 */
export function sends(method: string, path: string): boolean {
  return method.toUpperCase() === 'POST' && SENDS.some((pattern) => pattern.test(path));
}
