import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Secret } from '../domain/secret.ts';
import { type Random, randomText } from '../runtime/random.ts';

// 256 bits, where 128 are asked for.
const SECRET_BYTES = 32;
const ID_BYTES = 12;

/** A secret that nobody guesses: 43 characters of base64url. */
export function createSecret(random: Random): Secret {
  return new Secret(randomText(random, SECRET_BYTES));
}

/** The id of something that is no secret. */
export function createId(random: Random): string {
  return randomText(random, ID_BYTES);
}

/** What is stored of such a secret. It has 256 random bits, so a fast hash will do. */
export function hashOf(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('hex');
}

/** What a form on a page must hold that was shown to this browser for this link. */
export function formToken(browser: Secret, link: Secret): string {
  return createHmac('sha256', browser.reveal()).update(`form ${link.reveal()}`).digest('base64url');
}

/** Whether a form was shown to this browser for this link; another site's is not. */
export function isFormToken(given: string, browser: Secret, link: Secret): boolean {
  const [one, other] = [given, formToken(browser, link)].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(one, other);
}
