const EXTENSION = '/restapi/[^/]+/account/[^/]+/extension/[^/]+';
const TELEPHONY = '/restapi/[^/]+/account/[^/]+/telephony';

// RingCentral's OpenAPI file; the last two lines are what it knows no more, and RingCX's dialling by hand.
const SENDS: readonly RegExp[] = [
  `${EXTENSION}/(ring-out|fax|sms|mms|company-pager)`,
  `/restapi/[^/]+/account/[^/]+/(a2p-sms/batches|message-threads/messages)`,
  `${TELEPHONY}/(call-out|conference)`,
  `${TELEPHONY}/sessions/[^/]+/supervise`,
  `${TELEPHONY}/sessions/[^/]+/parties/bring-in`,
  `${TELEPHONY}/sessions/[^/]+/parties/[^/]+/(transfer|bridge|forward|reply|flip|supervise)`,
  '/team-messaging/[^/]+/chats/[^/]+/(posts|adaptive-cards)',
  '/restapi/[^/]+/glip/(chats|groups)/[^/]+/(posts|adaptive-cards)',
  '/voice/api/.*/manualAgentCall',
].map((pattern) => new RegExp(`^${pattern}$`));

/**
 * Whether a request places a call or sends a message. People feel a repeat of it: it is never sent twice on the gateway's
 * own account, and takes an `Idempotency-Key`.
 *
 * @param path  normalised, without query
 */
export function sends(method: string, path: string): boolean {
  return method === 'POST' && SENDS.some((pattern) => pattern.test(path));
}
