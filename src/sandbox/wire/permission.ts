/**
 * The permissions of which any one will do. RingCentral's OpenAPI file writes `EditUserInfo OR EditUserCredentials`, or
 * puts commas between them; the sandbox's operations have the first.
 */
export function alternativesOf(permission: string): readonly string[] {
  return permission.split(/\s+OR\s+|\s*,\s*/).filter((name) => name !== '');
}
