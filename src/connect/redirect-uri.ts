import type { App, AppStore } from '../domain/app.ts';
import { RedirectUriMissing } from '../domain/errors.ts';
import { everyItem } from '../domain/page.ts';

const CALLBACK = '/connect/callback';
// RFC 8252 §7.3, §8.3: an address, because a name may be made to mean another machine.
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(:\d{1,5})?(\/[^?#]*)?$/;

/**
 * Where the platform sends people back to: the App's own callback, else the common one.
 *
 * The common one is not taken where an App of another platform has it too: then an answer of one platform could be
 * passed off as one of the other.
 *
 * @throws RedirectUriMissing  neither is among the App's redirect URIs
 * @see RFC 9700 §4.4.2
 */
export async function hostedRedirectUri(app: App, publicUrl: string, apps: Pick<AppStore, 'listApps'>): Promise<string> {
  const common = `${publicUrl}${CALLBACK}`;
  const own = `${common}/${encodeURIComponent(app.name)}`;
  if (app.redirectUris.includes(own)) return own;
  if (!app.redirectUris.includes(common)) throw new RedirectUriMissing(app.name, `It needs ${own}.`);
  for await (const other of everyItem((page) => apps.listApps(page))) {
    const shared = other.platformOrigin !== app.platformOrigin && other.redirectUris.includes(common);
    if (shared) throw new RedirectUriMissing(app.name, `${common} is also that of App "${other.name}", which is of another platform, so it needs ${own}.`);
  }
  return common;
}

/**
 * Checks where the command line listens for the answer: on loopback, under a redirect URI of the App; where that names no
 * port, any port will do.
 *
 * @throws RedirectUriMissing
 * @see RFC 8252 §7.3, §8.3
 */
export function requireLoopback(app: App, redirectUri: string): void {
  if (LOOPBACK.test(redirectUri) && app.redirectUris.some((registered) => registered === redirectUri || withoutPort(redirectUri) === registered)) return;
  throw new RedirectUriMissing(app.name, 'The command line needs http://127.0.0.1/callback.');
}

/**
 * The redirect URI of an App at which the command line can listen: one on loopback, and rather one without a port.
 *
 * @throws RedirectUriMissing
 */
export function loopbackRedirectUri(app: string, redirectUris: readonly string[]): string {
  const fit = redirectUris.filter((uri) => LOOPBACK.test(uri));
  const found = fit.find((uri) => withoutPort(uri) === uri) ?? fit[0];
  if (found === undefined) throw new RedirectUriMissing(app, 'The command line needs http://127.0.0.1/callback.');
  return found;
}

function withoutPort(uri: string): string {
  const [, host = '', , path = ''] = LOOPBACK.exec(uri) ?? [];
  return host + path;
}
