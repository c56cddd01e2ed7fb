import type { App, AppStore } from '../domain/app.ts';
import { everyItem } from '../domain/page.ts';

/** Which App a client id belongs to; one that is known is not looked up again. */
export class AppNames {
  readonly #apps: Pick<AppStore, 'listApps'>;
  readonly #known = new Map<string, string>();

  constructor(apps: Pick<AppStore, 'listApps'>) {
    this.#apps = apps;
  }

  /** Its name; empty where no App has this client id, or the Apps cannot be read. */
  async find(origin: string, clientId: string): Promise<string> {
    const key = (app: Pick<App, 'platformOrigin' | 'clientId'>) => `${app.platformOrigin} ${app.clientId}`;
    const wanted = key({ platformOrigin: origin, clientId });
    if (!this.#known.has(wanted)) {
      try {
        for await (const app of everyItem((page) => this.#apps.listApps(page))) this.#known.set(key(app), app.name);
      } catch {
        // A count that lacks its App's name is better than a Refresh that fails because of it.
      }
    }
    return this.#known.get(wanted) ?? '';
  }
}
