import { InvalidRequest } from '../../domain/errors.ts';
import type { RingOutParameters } from './parameters.ts';

// It is echoed into the answer, which one known program writes into its page as HTML: the characters of our own ids
// and of the platform's, and no more of them than an id may have.
const SESSION_ID = /^[A-Za-z0-9_+/=.@-]{1,128}$/;

/**
 * The session id of a `status` or `cancel`: ours, or the platform's RingOut id.
 *
 * @throws InvalidRequest  naming `sessionid`, where it is absent or not an id
 */
export function readSessionId(parameters: RingOutParameters): string {
  const sessionId = (parameters.sessionid ?? '').trim();
  if (!SESSION_ID.test(sessionId)) throw new InvalidRequest([{ field: 'sessionid', message: 'is missing, or not a session id' }]);
  return sessionId;
}
