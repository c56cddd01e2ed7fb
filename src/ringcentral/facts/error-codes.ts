/**
 * Whose fault a refusal of the token endpoint is: the Grant's (its tokens or the user's credential are no longer
 * good), the App's (nothing is known about the Grant), or a state of the account that may pass (`later`).
 */
export type Blame = 'grant' | 'app' | 'later';

/**
 * RingCentral's OAuth error codes that a token request can meet.
 *
 * @see RingCentral "API error codes" (its HTTP column is not what the token endpoint answers: that is 400)
 */
export const OAUTH_ERROR_CODES: Readonly<Record<string, { readonly means: string; readonly blame: Blame }>> = {
  'OAU-105': { means: 'login not allowed for this extension type', blame: 'grant' },
  'OAU-106': { means: 'invalid authorization code', blame: 'grant' },
  'OAU-108': { means: 'authorization code expired', blame: 'grant' },
  'OAU-109': { means: 'redirect URIs do not match', blame: 'app' },
  'OAU-110': { means: 'authorization code not issued for this application', blame: 'grant' },
  'OAU-112': { means: 'client unauthorized for the grant type', blame: 'app' },
  'OAU-113': { means: 'no redirect URI registered', blame: 'app' },
  'OAU-119': { means: 'virtual number cannot log in', blame: 'grant' },
  'OAU-120': { means: 'wrong application id', blame: 'app' },
  'OAU-121': { means: 'wrong application', blame: 'app' },
  'OAU-123': { means: 'client authentication is required', blame: 'app' },
  'OAU-125': { means: 'grant type not allowed for the application', blame: 'app' },
  'OAU-127': { means: 'invalid application release', blame: 'app' },
  'OAU-134': { means: 'invalid Authorization header', blame: 'app' },
  'OAU-136': { means: 'extension not found', blame: 'grant' },
  'OAU-140': { means: 'invalid resource owner credentials', blame: 'grant' },
  'OAU-141': { means: 'extension state forbids login', blame: 'later' },
  'OAU-142': { means: 'account state forbids login', blame: 'later' },
  'OAU-146': { means: 'invalid client credentials', blame: 'app' },
  'OAU-147': { means: 'account locked out', blame: 'later' },
  'OAU-148': { means: 'account locked out; use single sign-on', blame: 'later' },
  'OAU-151': { means: 'authorization method not supported', blame: 'app' },
  'OAU-153': { means: 'invalid client', blame: 'app' },
  'OAU-165': { means: 'sandbox client not allowed', blame: 'app' },
  'OAU-167': { means: 'account access restricted by realm', blame: 'grant' },
  'OAU-168': { means: 'password grant refused: multi-factor authentication is required', blame: 'grant' },
  'OAU-210': { means: 'token expired', blame: 'grant' },
  'OAU-211': { means: 'token revoked', blame: 'grant' },
  'OAU-213': { means: 'token not found', blame: 'grant' },
  'OAU-222': { means: 'account does not exist', blame: 'grant' },
  'OAU-232': { means: 'extension not found', blame: 'grant' },
  'OAU-236': { means: 'extension disabled or frozen', blame: 'later' },
  'OAU-250': { means: 'unsupported grant type', blame: 'app' },
  'OAU-251': { means: 'unauthorized for this grant type', blame: 'app' },
  'OAU-270': { means: 'client credentials not allowed for this application', blame: 'app' },
};

/**
 * The codes with which a resource request says that its access token is no longer good, so that a newer one may help:
 * expired, corrupted (just refreshed), unparsable, not found. Every other 401 has another cause.
 *
 * @see RingCentral "API error codes"; observed bodies of 2018-2026
 */
export const ACCESS_TOKEN_DEAD: ReadonlySet<string> = new Set(['OAU-128', 'OAU-129', 'OAU-149', 'OAU-213']);
