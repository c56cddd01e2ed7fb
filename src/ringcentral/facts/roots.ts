/** Which of an App's three origins serves a path; `bridge`: the gateway itself does, for programs that cannot change. */
export type ServedBy = 'platformOrigin' | 'mediaOrigin' | 'ringcxOrigin' | 'bridge';

/** Where a path of the gateway leads. */
export interface Destination {
  readonly servedBy: ServedBy;
  /** The path there, which is what a Policy judges. */
  readonly path: string;
}

const SIGN_IN_ROOT = '/restapi/oauth';
const BELOW_SIGN_IN = /^\/restapi\/oauth(?:\/|$)/i;
// What is asked there with an access token alone, and ends nothing: the platform answers it for whoever the token is of.
const WITH_A_TOKEN: ReadonlySet<string> = new Set(['/restapi/oauth/userinfo', '/restapi/oauth/wstoken']);

/** The platform's paths and RingCX's, by what they begin with. The longest that fits decides. */
const ROOTS: readonly (readonly [root: string, servedBy: ServedBy])[] = [
  // RingCentral's OpenAPI file.
  ['/restapi', 'platformOrigin'],
  ['/ai', 'platformOrigin'],
  ['/analytics', 'platformOrigin'],
  ['/rcvideo', 'platformOrigin'],
  ['/scim', 'platformOrigin'],
  ['/team-messaging', 'platformOrigin'],
  ['/webinar', 'platformOrigin'],
  // Whoever signs in here does so with a token of ours, and must not be led past us.
  [SIGN_IN_ROOT, 'bridge'],
  ['/.well-known/openid-configuration', 'bridge'],
  ['/api/auth/login/rc/accesstoken', 'bridge'],
  ['/api/auth/token/refresh', 'bridge'],
  // RingCX's OpenAPI file; `/platform/api` serves its media ("RingCX: API basics").
  ['/voice/api', 'ringcxOrigin'],
  ['/platform/api', 'ringcxOrigin'],
  ['/v1/admin', 'ringcxOrigin'],
];

// By their first segment, of which no two roots that fit the same path differ: one look leaves a few.
const ROOTS_OF = new Map<string, (readonly [root: string, servedBy: ServedBy])[]>();
for (const root of ROOTS) ROOTS_OF.set(firstSegment(root[0]), [...(ROOTS_OF.get(firstSegment(root[0])) ?? []), root]);

/** Below it stands the media origin, which has paths of the platform's own: ours tell the two apart. */
export const MEDIA_PREFIX = '/media';
const MEDIA_ROOT = '/media/restapi';

/**
 * Where a path leads; nothing where it is neither the platform's nor RingCX's.
 *
 * @param path  as `readTarget` gives it
 */
export function destinationOf(path: string): Destination | undefined {
  const there = isBelow(path, MEDIA_ROOT) ? path.slice(MEDIA_PREFIX.length) : path;
  // Whatever a server makes of capitals, and whichever origin it is: with our token in it, a sign-out there would end the Grant.
  if (BELOW_SIGN_IN.test(there)) return { servedBy: WITH_A_TOKEN.has(path) ? 'platformOrigin' : 'bridge', path: there };
  if (there !== path) return { servedBy: 'mediaOrigin', path: there };
  let longest = '';
  let servedBy: ServedBy | undefined;
  for (const [root, by] of ROOTS_OF.get(firstSegment(path)) ?? []) {
    if (root.length <= longest.length || !isBelow(path, root)) continue;
    longest = root;
    servedBy = by;
  }
  return servedBy && { servedBy, path };
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end < 0 ? path : path.slice(0, end);
}

function isBelow(path: string, root: string): boolean {
  return path.startsWith(root) && (path.length === root.length || path[root.length] === '/');
}
