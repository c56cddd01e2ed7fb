/** What a request says of its caller, and what is left of its target without that. */
export interface Presented {
  /** The gateway key, or whatever stands in its place; absent where there is nothing. */
  readonly key: string | undefined;
  /** Path and query as the platform is to get them: no key in them. */
  readonly target: string;
}

const UNDER_KEY = /^\/k\/([^/?#]+)(?=\/)/i;
const SMALL_K = 0x6b;
const CAPITAL_K = 0x4b;
const BEARER = /^bearer +(.*)$/i;

/**
 * Finds the gateway key: in `Authorization`, as `access_token` in the query (both ways in which the platform takes a token),
 * or in the path below `/k/`, for programs that can be given nothing but a URL. Wherever it stands, it does not go on.
 *
 * @param url            as it stands in the request line
 * @param authorization  the header, as it came
 */
export function readPresented(url: string, authorization: string | undefined): Presented {
  const under = url.charCodeAt(1) === SMALL_K || url.charCodeAt(1) === CAPITAL_K ? UNDER_KEY.exec(url) : null;
  const path = under ? url.slice(under[0].length) : url;
  const question = path.indexOf('?');
  const { query, token } = question < 0 ? { query: undefined, token: undefined } : withoutToken(path.slice(question + 1));
  const target = question < 0 ? path : path.slice(0, question) + (query === '' || query === undefined ? '' : `?${query}`);
  const header = authorization === undefined ? undefined : bearer(authorization);
  return { key: header ?? token ?? under?.[1], target };
}

// The spelling of nearly all of them, which needs no pattern.
const USUAL = 'Bearer ';

function bearer(authorization: string): string {
  if (authorization.startsWith(USUAL)) return authorization.slice(USUAL.length).trim();
  return BEARER.exec(authorization)?.[1]?.trim() ?? '';
}

// Pieces stay as they are spelled: what is decoded and encoded again may be something else to the platform.
function withoutToken(query: string): { readonly query: string; readonly token: string | undefined } {
  if (!query.includes('access') && !query.includes('%')) return { query, token: undefined };
  let token: string | undefined;
  const left = query.split('&').filter((piece) => {
    const equals = piece.indexOf('=');
    if (decoded(equals < 0 ? piece : piece.slice(0, equals)) !== 'access_token') return true;
    token ??= equals < 0 ? '' : decoded(piece.slice(equals + 1));
    return false;
  });
  return { query: left.join('&'), token };
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece.replaceAll('+', ' '));
  } catch {
    return piece;
  }
}
