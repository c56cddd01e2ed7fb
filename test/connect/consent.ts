import { Browser } from '../sandbox-browser.ts';
import { FRONT_DESK } from './users.ts';

/**
 * What the sandbox sends back, once front-desk has allowed what `url` asks for.
 *
 * @param origin  of the sandbox
 */
export async function allowed(origin: string, url: string): Promise<string> {
  const browser = new Browser({ ask: (path, sent) => exchange(origin + path, sent) });
  const { pathname, search } = new URL(url);
  const login = await browser.open(pathname + search);
  const { password, username, extension } = FRONT_DESK;
  const consent = await browser.submit(login, { username, extension, password });
  // Whoever has allowed it before is not asked again.
  if (consent.headers.location !== undefined) return consent.headers.location;
  const [, action = ''] = /<form method="post" action="([^"]*)"/.exec(consent.text) ?? [];
  const [, token = ''] = /name="form_token" value="([^"]*)"/.exec(consent.text) ?? [];
  const answer = await browser.post(action.replaceAll('&amp;', '&'), { form_token: token, decision: 'allow' });
  return answer.headers.location ?? '';
}

async function exchange(url: string, sent: { method?: string; headers?: Readonly<Record<string, string>>; body?: string | Uint8Array } = {}) {
  const answer = await fetch(url, { ...sent, redirect: 'manual' } as RequestInit);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const cookies = answer.headers.getSetCookie();
  return {
    status: answer.status,
    headers: { ...Object.fromEntries(answer.headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) },
    text: bytes.toString('utf8'),
    bytes,
    json: {},
  };
}
