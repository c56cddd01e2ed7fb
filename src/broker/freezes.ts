import type { AtOnce } from '../domain/at-once.ts';
import { AppNotFound, ClientNotFound, ConnectionNotFound, Frozen } from '../domain/errors.ts';
import { EVERY_NAME, type Freeze, type FreezeGuard, type FreezeKind } from '../domain/freeze.ts';
import type { Store } from '../domain/store.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Log, messageOf } from '../runtime/log.ts';

// A set that cannot be read anew is tried again this often; until then the last known one stands.
const AGAIN_MS = 200;

/** What the freezes are read from. */
export interface FreezeParts {
  readonly store: Pick<Store, 'createFreeze' | 'removeFreeze' | 'listFreezes' | 'findConnection' | 'findClient' | 'findApp' | 'changes'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is frozen, the whole of it in memory: asked for each use of a token, it must cost nothing.
 *
 * It is read before anything is answered, so a gateway that cannot know what is frozen does not start; and again whenever
 * something changed, or may have. While the database is away the last known set stands.
 */
export class Freezes implements FreezeGuard {
  readonly #parts: FreezeParts;
  readonly #ending = new AbortController();
  #frozen: ReadonlyMap<string, Freeze> = new Map();
  #begun = 0;
  #known = 0;
  #reading: Promise<void> | undefined;
  #heardMeanwhile = false;

  private constructor(parts: FreezeParts) {
    this.#parts = parts;
  }

  /** @throws StoreUnavailable */
  static async open(parts: FreezeParts): Promise<Freezes> {
    const freezes = new Freezes(parts);
    await freezes.read();
    return freezes;
  }

  /**
   * Hears from now on of what other nodes freeze and thaw.
   *
   * @throws StoreUnavailable
   */
  async watch(): Promise<void> {
    const leave = await this.#parts.store.changes.watch((change) => {
      if (change === 'everything' || change.of === 'freezes') this.#hear();
    });
    this.#ending.signal.addEventListener('abort', leave);
    // What was changed before the word came is in no word.
    await this.read();
  }

  /** Reads the set anew: after a change of this process's own, which is then effective here at once. @throws StoreUnavailable */
  async read(): Promise<void> {
    this.#begun += 1;
    const turn = this.#begun;
    const freezes = await this.#parts.store.listFreezes();
    // Of two that read at once the one that began later knows more.
    if (turn < this.#known) return;
    this.#known = turn;
    this.#frozen = new Map(freezes.map((freeze) => [keyOf(freeze.kind, freeze.name), freeze]));
  }

  /** Hears no more, and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#reading;
  }

  /**
   * Freezes at once here, and within a second on every node. A Refresh that is under way is finished and saved.
   *
   * @param name  absent where everything is
   * @throws ConnectionNotFound, ClientNotFound, AppNotFound
   */
  async freeze(kind: FreezeKind, name = EVERY_NAME, { by, reason }: { readonly by: string; readonly reason?: string }): Promise<Freeze> {
    const { store, clock, log } = this.#parts;
    const freeze = await store.createFreeze({ kind, name, at: clock.now(), by, reason });
    await this.read();
    log.warn('frozen', { kind, name, by });
    return freeze;
  }

  /**
   * Ends a stop; the Grants are as they were. Without effect on what is not frozen.
   *
   * @throws ConnectionNotFound, ClientNotFound, AppNotFound
   */
  async thaw(kind: FreezeKind, name = EVERY_NAME): Promise<void> {
    const { store, log } = this.#parts;
    if (!(await store.removeFreeze(kind, name))) await this.#requireThing(kind, name);
    await this.read();
    log.warn('thawed', { kind, name });
  }

  async #requireThing(kind: FreezeKind, name: string): Promise<void> {
    const { store } = this.#parts;
    if (kind === 'connection' && !(await store.findConnection(name))) throw new ConnectionNotFound(name);
    if (kind === 'client' && !(await store.findClient(name))) throw new ClientNotFound(name);
    if (kind === 'app' && !(await store.findApp(name))) throw new AppNotFound(name);
  }

  /** Everything that is frozen, as the database has it. */
  list(): Promise<readonly Freeze[]> {
    return this.#parts.store.listFreezes();
  }

  isEmpty(): boolean {
    return this.#frozen.size === 0;
  }

  find(connection: string, apps: readonly string[]): Freeze | undefined {
    if (this.#frozen.size === 0) return undefined;
    return this.#of('all', EVERY_NAME) ?? this.#of('connection', connection) ?? apps.map((app) => this.#of('app', app)).find((freeze) => freeze !== undefined);
  }

  requireClient(client: string): void {
    if (this.#frozen.size === 0) return;
    refuse(this.#of('all', EVERY_NAME) ?? this.#of('client', client));
  }

  requireApp(app: string): void {
    refuse(this.#of('all', EVERY_NAME) ?? this.#of('app', app));
  }

  requireConnection(connection: string, grantApp?: string): AtOnce<void> {
    // Which App a Connection has is read only while something is frozen: all other times this costs nothing.
    return this.#frozen.size === 0 ? undefined : this.#requireThawed(connection, grantApp);
  }

  async #requireThawed(connection: string, grantApp: string | undefined): Promise<void> {
    const apps = grantApp === undefined ? [] : [grantApp];
    refuse(this.find(connection, apps));
    const own = (await this.#parts.store.findConnection(connection))?.app;
    refuse(this.find(connection, own === undefined ? apps : [...apps, own]));
  }

  mayKeepAlive(app: string): boolean {
    return this.#of('all', EVERY_NAME) === undefined && this.#of('app', app) === undefined;
  }

  #of(kind: FreezeKind, name: string): Freeze | undefined {
    return this.#frozen.get(keyOf(kind, name));
  }

  // A word that comes while the set is being read may be about what was read already: it is read once more.
  #hear(): void {
    this.#heardMeanwhile = true;
    this.#reading ??= this.#readUntilRead().finally(() => {
      this.#reading = undefined;
    });
  }

  async #readUntilRead(): Promise<void> {
    const { clock, log } = this.#parts;
    let failing = false;
    while (this.#heardMeanwhile && !this.#ending.signal.aborted) {
      this.#heardMeanwhile = false;
      try {
        await this.read();
      } catch (error) {
        if (!failing) log.warn('freezes.not_read', { error: messageOf(error), note: 'what was frozen stays frozen' });
        failing = true;
        this.#heardMeanwhile = true;
        await clock.sleep(AGAIN_MS, this.#ending.signal).catch(() => undefined);
      }
    }
  }
}

function refuse(freeze: Freeze | undefined): void {
  if (freeze) throw new Frozen(freeze);
}

function keyOf(kind: FreezeKind, name: string): string {
  return `${kind} ${name}`;
}
