import { jsonObject, type PlatformAnswer, type PlatformRequest, requireSuccess } from './request.ts';

/** Asks for the extension of the Grant. */
export function getExtensionRequest(): PlatformRequest {
  return { method: 'GET', path: '/restapi/v1.0/account/~/extension/~', permission: 'ReadAccounts', group: 'light' };
}

/** The e-mail address of an extension; nothing where it has none. @throws PlatformRefused */
export function processExtensionEmail(answer: PlatformAnswer): string | undefined {
  const { contact } = jsonObject(requireSuccess(answer).text);
  const email = typeof contact === 'object' && contact !== null ? (contact as Record<string, unknown>).email : undefined;
  // One address alone: a list, or a line break, would reach others.
  return typeof email === 'string' && /^[^\s,;<>"@]+@[^\s,;<>"@]+$/.test(email) ? email : undefined;
}
