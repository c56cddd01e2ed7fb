import { type App, type AppDraft, type AppStore, appFromDraft, DEMO_APP, isOnThisMachine, originFault } from '../domain/app.ts';
import { AppNotFound, DemoPresent, type FieldFault, InvalidRequest } from '../domain/errors.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import type { Clock } from '../runtime/clock.ts';
import { appPause, type Pauses } from './pauses.ts';

/** Creates, lists, shows and removes Apps. */
export class Apps {
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #pauses: Pauses;

  constructor(store: AppStore, clock: Clock, pauses: Pauses) {
    this.#store = store;
    this.#clock = clock;
    this.#pauses = pauses;
  }

  /**
   * @throws InvalidRequest, NameTaken
   * @throws DemoPresent  a real App beside the demo data
   */
  async createApp(draft: AppDraft): Promise<App> {
    requireOrigins(draft);
    const app = appFromDraft(draft, this.#clock.now());
    await this.#requireNoDemoBeside(app);
    await this.#store.createApp(app);
    // An App of this name may have been refused before it was made anew.
    this.#pauses.end(appPause(app.name));
    return app;
  }

  /**
   * Creates the App, or brings the one of its name up to date; its Connections and Grants stay.
   *
   * @throws InvalidRequest, DemoPresent
   */
  async putApp(draft: AppDraft): Promise<App> {
    const known = await this.#store.findApp(draft.name);
    if (!known) return this.createApp(draft);
    requireOrigins(draft);
    const app = { ...appFromDraft(draft, known.createdAt), redirectUris: known.redirectUris, returnTo: known.returnTo };
    await this.#requireNoDemoBeside(app);
    await this.#store.updateApp(app);
    this.#pauses.end(appPause(app.name));
    return app;
  }

  /** @throws AppNotFound */
  async getApp(name: string): Promise<App> {
    const app = await this.#store.findApp(name);
    if (!app) throw new AppNotFound(name);
    return app;
  }

  /**
   * Replaces where the platform, and we, may send people back to; everything else stays.
   *
   * @throws AppNotFound
   */
  async replaceRedirects(name: string, { redirectUris, returnTo }: Pick<App, 'redirectUris' | 'returnTo'>): Promise<App> {
    const app = { ...(await this.getApp(name)), redirectUris, returnTo };
    if (!(await this.#store.updateApp(app))) throw new AppNotFound(name);
    return app;
  }

  listApps(page: PageRequest): Promise<Page<App>> {
    return this.#store.listApps(page);
  }

  async #requireNoDemoBeside(app: App): Promise<void> {
    if (!isOnThisMachine(app) && (await this.#store.findApp(DEMO_APP))) throw new DemoPresent();
  }

  /** @throws AppNotFound, InUse */
  async removeApp(name: string): Promise<void> {
    if (!(await this.#store.removeApp(name))) throw new AppNotFound(name);
  }
}

function requireOrigins(draft: AppDraft): void {
  const faults = [...originFaults(draft, 'platformOrigin'), ...originFaults(draft, 'mediaOrigin'), ...originFaults(draft, 'ringcxOrigin')];
  if (faults.length > 0) throw new InvalidRequest(faults);
}

function originFaults(draft: AppDraft, field: 'platformOrigin' | 'mediaOrigin' | 'ringcxOrigin'): FieldFault[] {
  const given = draft[field];
  const message = given === undefined ? undefined : originFault(given);
  return message ? [{ field, message }] : [];
}
