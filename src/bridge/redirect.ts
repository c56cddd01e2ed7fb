// RFC 8252 §7.3: a program on somebody's own machine cannot know beforehand which port will be free.
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?(\/.*)?$/;

/** Whether it is one of those registered: character by character, but for the port on loopback where none is registered. */
export function isRegistered(registered: readonly string[], redirectUri: string): boolean {
  if (registered.includes(redirectUri)) return true;
  const [, host, path = ''] = LOOPBACK.exec(redirectUri) ?? [];
  return host !== undefined && registered.includes(host + path);
}

/** An address with parameters added to those that it has. What has no value is left out. */
export function withQuery(address: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const added = new URLSearchParams(Object.entries(parameters).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])));
  return `${address}${address.includes('?') ? '&' : '?'}${added}`;
}
