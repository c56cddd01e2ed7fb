import { createHash } from 'node:crypto';

/** What an authorization request promises to be able to show. */
export interface CodeChallenge {
  readonly value: string;
  readonly method: ChallengeMethod;
}

export type ChallengeMethod = 'plain' | 'S256';

/** As the platform's metadata lists them. */
export const CHALLENGE_METHODS: readonly ChallengeMethod[] = ['plain', 'S256'];

// RFC 7636 §4.1, §4.2: both are of this form; that of S256 is always 43 characters long.
const FORM = /^[A-Za-z0-9._~-]{43,128}$/;

/** Whether it can be a challenge, or a verifier. @see RFC 7636 §4.1, §4.2 */
export function isPkceValue(text: string): boolean {
  return FORM.test(text);
}

/** Whether the verifier is the one of which the challenge was made. @see RFC 7636 §4.6 */
export function verifies({ value, method }: CodeChallenge, verifier: string): boolean {
  return isPkceValue(verifier) && value === (method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url'));
}
