import {
  type App,
  type AppDraft,
  type AppStore,
  appFromDraft,
  type ClientSecretOutline,
  DEMO_APP,
  isOnThisMachine,
  originFault,
  settingsOf,
} from '../domain/app.ts';
import { AppNotFound, ClientSecretNotFound, DemoPresent, type FieldFault, InvalidRequest } from '../domain/errors.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Budgets } from './budgets.ts';

// Each that the platform refuses costs a token request, of some five in a minute. While one is rolled there are two.
const MOST_SECRETS = 3;

/** Creates, lists, shows and removes Apps. */
export class Apps {
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #budgets: Budgets;

  constructor(store: AppStore, clock: Clock, budgets: Budgets) {
    this.#store = store;
    this.#clock = clock;
    this.#budgets = budgets;
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
    await this.#budgets.keepAgreement(app);
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
    const app = {
      ...appFromDraft(draft, known.createdAt),
      redirectUris: known.redirectUris,
      returnTo: known.returnTo,
      ...settingsOf(known),
      ...settingsOf(draft),
    };
    await this.#requireNoDemoBeside(app);
    await this.#store.updateApp(app);
    await this.#budgets.keepAgreement(app);
    await this.#budgets.endPause(app.name);
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

  /**
   * The client secrets of an App, newest first.
   *
   * @throws AppNotFound
   */
  async listClientSecrets(name: string): Promise<readonly ClientSecretOutline[]> {
    await this.getApp(name);
    return (await this.#store.listClientSecrets(name)).map(({ id, createdAt, inUse }) => ({ id, createdAt, inUse }));
  }

  /**
   * Adds a client secret, which is presented first from now on; those before it are, where the platform refuses it.
   *
   * @throws AppNotFound
   * @throws InvalidRequest  the App has it already, has as many as it may, or is a public one
   */
  async addClientSecret(name: string, secret: Secret): Promise<ClientSecretOutline> {
    await this.getApp(name);
    const known = await this.#store.listClientSecrets(name);
    const fault = secretFault(
      known.map((each) => each.secret),
      secret,
    );
    if (fault) throw new InvalidRequest([{ field: 'clientSecret', message: fault }]);
    const added = await this.#store.addClientSecret(name, secret, this.#clock.now());
    if (!added) throw new AppNotFound(name);
    await this.#budgets.endPause(name);
    return added;
  }

  /**
   * @throws AppNotFound, ClientSecretNotFound
   * @throws InvalidRequest  it is the only one
   */
  async removeClientSecret(name: string, id: string): Promise<void> {
    await this.getApp(name);
    const outcome = await this.#store.removeClientSecret(name, id);
    if (outcome === 'absent') throw new ClientSecretNotFound(name, id);
    if (outcome === 'only') throw new InvalidRequest([{ field: 'id', message: 'is that of the only client secret; add the newer one first' }]);
  }

  async #requireNoDemoBeside(app: App): Promise<void> {
    if (!isOnThisMachine(app) && (await this.#store.findApp(DEMO_APP))) throw new DemoPresent();
  }

  /** @throws AppNotFound, InUse */
  async removeApp(name: string): Promise<void> {
    if (!(await this.#store.removeApp(name))) throw new AppNotFound(name);
  }
}

function secretFault(known: readonly Secret[], secret: Secret): string | undefined {
  if (known.length === 0) return 'is not for a public App, which has none; create another App';
  if (known.some((each) => each.equals(secret))) return 'is one that the App has already';
  return known.length < MOST_SECRETS ? undefined : `would be the App's number ${known.length + 1}; remove one that is no longer used first`;
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
