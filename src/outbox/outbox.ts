import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type Fax, faxId } from '../domain/fax.ts';
import type { FaxSender, IncomingFax } from '../domain/outbox.ts';
import { Secret } from '../domain/secret.ts';
import { messageOf } from '../runtime/log.ts';
import { randomText } from '../runtime/random.ts';
import { CoverPages } from './cover-pages.ts';
import { followNext } from './follow.ts';
import type { OutboxParts } from './parts.ts';
import { Telling } from './tell.ts';
import { takeTurn } from './turn.ts';
import { tidy } from './upkeep.ts';

const ID_BYTES = 9;
const KEY_BYTES = 32;
// What is due is looked for this often, by indexed statements; what this node accepts it takes up at once.
const LOOK_MS = 1_000;
const TIDY_MS = 60_000;
// Connections that this node sends for at once: each waits for the platform most of the time.
const SENDERS = 8;
const FOLLOWERS = 4;
const TELLERS = 4;

/**
 * Faxes that were accepted, until the platform has them and has said what became of them.
 *
 * Every node of a database may work on all of them: of each Connection one at a time sends, in the order in which they were
 * accepted. `domain/fax.ts` has the states.
 */
export class Outbox implements FaxSender {
  readonly #parts: OutboxParts & { readonly coverPages: CoverPages };
  readonly #telling: Telling | undefined;
  readonly #wakers = new Set<() => void>();
  #made = 0;

  constructor(parts: OutboxParts) {
    this.#parts = { ...parts, coverPages: new CoverPages(parts) };
    this.#telling = parts.telling && new Telling(parts, parts.telling);
  }

  async accept({ client, connection, order, content, contentHash }: IncomingFax): Promise<{ readonly id: string; readonly isRepeat: boolean }> {
    const { store, clock, random, rules } = this.#parts;
    const repeatKey = rules.repeatWindowMs > 0 ? keyOf([client, connection, order, contentHash]) : undefined;
    const repeated = repeatKey && (await store.findRepeatedFax(repeatKey, clock.now() - rules.repeatWindowMs));
    if (repeated) return { id: repeated, isRepeat: true };

    const now = clock.now();
    this.#made += 1;
    const id = faxId(now, this.#made, randomText(random, ID_BYTES));
    const contentKey = new Secret(Buffer.from(random.bytes(KEY_BYTES)).toString('base64'));
    const fax = { id, client, connection, order, createdAt: now, deadline: now + rules.deadlineMs, repeatKey, contentKey };
    await store.acceptFax(fax, content());
    this.#wake();
    return { id, isRepeat: false };
  }

  /** Sends what is due, asks about what was sent, and tidies up, until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    // Each of those below listens; Node takes more than ten for a leak, and says so on stderr.
    setMaxListeners(0, signal);
    await Promise.all([
      ...Array.from({ length: SENDERS }, () => this.#repeat(signal, () => takeTurn(this.#parts, () => signal.aborted), LOOK_MS, true)),
      ...Array.from({ length: FOLLOWERS }, () => this.#repeat(signal, () => followNext(this.#parts), LOOK_MS)),
      ...Array.from({ length: TELLERS }, () => this.#repeat(signal, () => this.#tell(), LOOK_MS)),
      this.#repeat(signal, () => tidy(this.#parts), TIDY_MS),
    ]);
  }

  /**
   * The same once, for a node that is called by a timer: what is due, for as long as there is time. What is under way then is
   * finished.
   *
   * @param budgetMs  after which nothing more is begun
   * @throws StoreUnavailable
   */
  async work(budgetMs: number): Promise<void> {
    const until = this.#parts.clock.monotonic() + budgetMs;
    const isOver = () => this.#parts.clock.monotonic() >= until;
    const all = async (next: () => Promise<boolean>) => {
      while (!isOver() && (await next()));
    };
    await Promise.all([
      ...Array.from({ length: SENDERS }, () => all(() => takeTurn(this.#parts, isOver))),
      ...Array.from({ length: FOLLOWERS }, () => all(() => followNext(this.#parts))),
    ]);
    await Promise.all(Array.from({ length: TELLERS }, () => all(() => this.#tell())));
    await all(() => tidy(this.#parts));
  }

  async waitFor(id: string, isKnown: (fax: Fax) => boolean, ms: number): Promise<Fax | undefined> {
    const { store, clock } = this.#parts;
    const until = clock.monotonic() + ms;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const fax = await store.findFax(id);
      const left = until - clock.monotonic();
      if (!fax || isKnown(fax) || left <= 0) return fax;
      await clock.sleep(Math.min(pauseMs, left));
    }
  }

  async withdraw(id: string): Promise<Fax | undefined> {
    const fax = await this.#parts.store.withdrawFax(id, this.#parts.clock.now());
    this.#wake();
    return fax;
  }

  /**
   * @param next     does one piece of work; false where there was none
   * @param isWoken  whether it looks at once when this node has accepted a fax
   */
  async #repeat(signal: AbortSignal, next: () => Promise<boolean>, pauseMs: number, isWoken = false): Promise<void> {
    const { log } = this.#parts;
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await next()));
      } catch (error) {
        log.warn('outbox.failed', { error: messageOf(error) });
      }
      if (!signal.aborted) await this.#pause(pauseMs, signal, isWoken);
    }
  }

  async #pause(ms: number, signal: AbortSignal, isWoken: boolean): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    signal.addEventListener('abort', end);
    if (isWoken) this.#wakers.add(end);
    await this.#parts.clock.sleep(ms, over.signal).catch(() => undefined);
    this.#wakers.delete(end);
    signal.removeEventListener('abort', end);
  }

  async #tell(): Promise<boolean> {
    return (await this.#telling?.tellNext()) ?? false;
  }

  #wake(): void {
    // What was accepted is of one Connection.
    const [wake] = this.#wakers;
    if (wake) this.#wakers.delete(wake);
    wake?.();
  }
}

// Whoever waits waits for the platform, which takes some hundred milliseconds.
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;

function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
