import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { App } from '../directory.ts';
import type { World } from '../world.ts';
import { decodeJwtPart } from './platform-key.ts';

/** As RFC 7523 §2.2 names it. */
export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

// RFC 7523 §3, point 4: a server may refuse an expiry unreasonably far away.
const LONGEST_LIFE_MS = 60 * 60_000;
const CLOCK_SKEW_MS = 30_000;

/** Whose an assertion says it is; it may lie. */
export function issuerOf(assertion: string): string {
  const { iss } = decodeJwtPart(assertion.split('.')[1] ?? '');
  return typeof iss === 'string' ? iss : '';
}

/**
 * Whether an assertion proves that the app sends it: `client_secret_jwt` by HS256 with one of its secrets, or
 * `private_key_jwt` by RS256 with a key that is registered on it. Each is good once.
 *
 * What its header says of keys (`jwk`, `jku`, `x5u`) is not looked at.
 *
 * @see RFC 7523 §3; OpenID Connect Core §9
 */
export function isProof(world: World, app: App, assertion: string): boolean {
  const [header = '', claims = '', signature = '', ...rest] = assertion.split('.');
  if (rest.length > 0 || !isSigned(app, header, `${header}.${claims}`, Buffer.from(signature, 'base64url'))) return false;
  const { iss, sub, aud, exp, nbf, iat, jti } = decodeJwtPart(claims);
  if (iss !== app.clientId || sub !== app.clientId || typeof jti !== 'string' || typeof exp !== 'number') return false;
  const now = world.now();
  const audiences: ReadonlySet<unknown> = new Set([world.origin, `${world.origin}/restapi/oauth/token`]);
  if (!(Array.isArray(aud) ? aud.some((one) => audiences.has(one)) : audiences.has(aud))) return false;
  if (exp * 1_000 <= now || exp * 1_000 > now + LONGEST_LIFE_MS) return false;
  if ([nbf, iat].some((time) => time !== undefined && !(typeof time === 'number' && time * 1_000 <= now + CLOCK_SKEW_MS))) return false;
  return world.authorization.seenAssertions.take(app.clientId, jti, exp * 1_000);
}

/** Whether it is a public key by which a `client_assertion` can be verified: RSA, PEM. */
export function isAssertionKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function isSigned(app: App, header: string, signed: string, signature: Buffer): boolean {
  const { alg } = decodeJwtPart(header);
  if (alg === 'RS256') return (app.publicKeys ?? []).some((key) => verify('RSA-SHA256', Buffer.from(signed), createPublicKey(key), signature));
  if (alg !== 'HS256' || app.clientSecret === undefined) return false;
  return [app.clientSecret, ...(app.olderSecrets ?? [])].some((secret) => {
    const expected = createHmac('sha256', secret).update(signed).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  });
}
