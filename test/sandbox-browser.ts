import type { Outside, Reply } from './sandbox-world.ts';

const FORM = 'application/x-www-form-urlencoded';

/** A browser without scripts: it keeps cookies, reads forms, and follows redirects within the sandbox. */
export class Browser {
  readonly #ask: Outside['ask'];
  readonly #cookies = new Map<string, string>();
  /** Where it is now: path and query. */
  path = '';

  constructor({ ask }: Pick<Outside, 'ask'>) {
    this.#ask = ask;
  }

  /** What it sends as Cookie. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async open(path: string): Promise<Reply> {
    return this.#follow(path, await this.#request(path));
  }

  /** Posts a form, without following. @param cookies  false: as another site's form would come, SameSite=Lax */
  async post(path: string, fields: Readonly<Record<string, string>>, cookies = true): Promise<Reply> {
    const headers = { accept: 'text/html', 'content-type': FORM, ...(cookies && this.cookie !== '' && { cookie: this.cookie }) };
    return this.#kept(await this.#ask(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }));
  }

  /** Fills in the page's form that has this button, or its first one, and presses it. */
  async submit(page: Reply, fields: Readonly<Record<string, string>>): Promise<Reply> {
    const { action, hidden } = formOf(page, 0);
    return this.#follow(action, await this.post(action, { ...hidden, ...fields }));
  }

  /** Presses the button of the page's nth form. */
  async press(page: Reply, form: number): Promise<Reply> {
    const { action, hidden } = formOf(page, form);
    return this.#follow(action, await this.post(action, hidden));
  }

  async #request(path: string): Promise<Reply> {
    return this.#kept(await this.#ask(path, { headers: { accept: 'text/html', ...(this.cookie !== '' && { cookie: this.cookie }) } }));
  }

  #kept(reply: Reply): Reply {
    for (const cookie of reply.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return reply;
  }

  async #follow(path: string, reply: Reply): Promise<Reply> {
    this.path = path;
    const { location = '' } = reply.headers;
    return location.startsWith('/') ? this.open(location) : reply;
  }
}

/** Where a page's form leads, and what it holds that nobody sees. */
export function formOf(page: Reply, index: number): { readonly action: string; readonly hidden: Record<string, string> } {
  const form = page.text.split('<form ')[index + 1] ?? '';
  const [, action = ''] = /action="([^"]*)"/.exec(form) ?? [];
  const [inside = ''] = form.split('</form>');
  const hidden = [...inside.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value] as const);
  return { action: action.replaceAll('&amp;', '&'), hidden: Object.fromEntries(hidden) as Record<string, string> };
}
