import type { LoginAttempt } from '../access/legacy-logins.ts';
import { LoginUnknown } from '../domain/errors.ts';

/** What of a request says who sends it; absent ones were not sent. */
export interface SentLogin {
  readonly username?: string;
  readonly ext?: string;
  readonly password?: string;
}

/**
 * The user name, extension and password of a `list`, a `call` or a fax.
 *
 * The extension may also stand behind the user name, `18889363711*101`; `ext` wins where both are given. An extension
 * that is absent, empty or `0` is the empty text: the main one. The user name is otherwise left as it came.
 *
 * @throws LoginUnknown  where the user name or extension holds control characters, which no login has and which not
 *                       every database takes
 */
export function readLogin(parameters: SentLogin): LoginAttempt {
  const username = parameters.username ?? '';
  const star = username.lastIndexOf('*');
  const behindStar = star < 0 ? '' : username.slice(star + 1);
  const attempt = {
    username: star < 0 ? username : username.slice(0, star),
    extension: extensionNumber(parameters.ext ?? '') || extensionNumber(behindStar),
    password: parameters.password ?? '',
  };
  if (/\p{Cc}/u.test(attempt.username + attempt.extension)) throw new LoginUnknown();
  return attempt;
}

// The documented form of a user name ends in a dot after the extension, which real programs do not send.
function extensionNumber(text: string): string {
  const number = text.trim().replace(/\.$/, '');
  return number === '0' ? '' : number;
}
