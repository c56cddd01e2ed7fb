import { Secret } from '../domain/secret.ts';

const NAME = 'trunkline_connect';
// 43 characters of base64url; anything else is not ours.
const VALUE = /^[\w-]{43}$/;

/** The cookie that tells browsers apart while people connect. */
export class BrowserCookie {
  readonly #name: string;
  readonly #attributes: string;

  /** @param publicUrl  over https it gets the prefix that keeps other hosts from setting it, and never travels in the clear */
  constructor(publicUrl: string | undefined) {
    const secure = publicUrl?.startsWith('https:') === true;
    this.#name = secure ? `__Host-${NAME}` : NAME;
    // Lax: it comes along when the platform sends the browser back, and not when another site posts a form.
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** Which browser it is; nothing where it has no such cookie, or two of them. */
  read(header: string | undefined): Secret | undefined {
    const found = (header ?? '').split(';').flatMap((part) => {
      const [name = '', value = ''] = part.trim().split('=');
      return name === this.#name && VALUE.test(value) ? [value] : [];
    });
    return found.length === 1 && found[0] !== undefined ? new Secret(found[0]) : undefined;
  }

  /** What is sent as `Set-Cookie`. */
  write(browser: Secret): string {
    return `${this.#name}=${browser.reveal()}; ${this.#attributes}`;
  }
}
