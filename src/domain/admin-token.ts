/**
 * Whether `text` can be the admin token: 16 printable ASCII characters or more, as a header carries them, without spaces.
 *
 * Short ones can be guessed, and the management API counts no guesses.
 */
export function isAdminToken(text: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(text);
}
