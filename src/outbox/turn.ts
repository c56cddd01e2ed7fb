import type { Fax } from '../domain/fax.ts';
import type { FaxTurn } from '../domain/outbox.ts';
import { messageOf } from '../runtime/log.ts';
import { change, Superseded } from './change.ts';
import type { CoverPages } from './cover-pages.ts';
import { lookUp } from './look-up.ts';
import type { OutboxParts, WorkParts } from './parts.ts';
import { becomeUnclear, fail, send } from './send.ts';

// A node that ended leaves its turn for so long. Longer than a node stands still in ordinary life; and if one does for longer,
// nothing is sent twice (see `send`).
const TURN_MS = 10_000;
const KEEP_MS = 3_000;
// The database, or something that nobody foresaw, was in the way.
const TROUBLE_MS = 2_000;

/**
 * Takes the turn of one Connection for which something is due, and works through its faxes in their order, for as long as
 * something is due and there is time.
 *
 * @returns false where nothing is due
 * @throws StoreUnavailable
 */
export async function takeTurn(parts: OutboxParts & { readonly coverPages: CoverPages }, isOver: () => boolean): Promise<boolean> {
  const { store, clock, log, node } = parts;
  const taken = await store.takeFaxTurn(node, clock.now(), clock.now() + TURN_MS);
  if (!taken) return false;
  const turn = new Turn(parts, taken);
  const keeping = turn.keep();
  let dueAt: number | undefined = clock.now() + TROUBLE_MS;
  try {
    dueAt = await workThrough({ ...parts, hasTurn: () => turn.isHeld }, taken, () => isOver() || !turn.isHeld);
  } catch (error) {
    log.warn('outbox.failed', { connection: taken.connection, error: messageOf(error) });
  } finally {
    turn.end();
    await keeping;
  }
  await store.giveBackFaxTurn(taken, node, dueAt);
  return true;
}

/** @returns when there is more to do; nothing: when another fax is accepted */
async function workThrough(parts: WorkParts, { connection }: FaxTurn, isOver: () => boolean): Promise<number | undefined> {
  const { store, clock } = parts;
  for (;;) {
    const fax = await store.nextFax(connection, clock.now());
    if (!fax || fax.dueAt > clock.now()) return fax?.dueAt;
    if (isOver()) return clock.now();
    try {
      await workOn(parts, fax);
    } catch (error) {
      // Whoever has changed it goes on with it; it is read anew.
      if (!(error instanceof Superseded)) throw error;
    }
  }
}

async function workOn(parts: WorkParts, fax: Fax): Promise<void> {
  if (fax.state === 'unclear') return lookUp(parts, fax);
  // The node that was at it has ended.
  if (fax.state === 'sending' && fax.leftAt !== undefined) return becomeUnclear(parts, fax, 'node_ended');
  if (fax.isWithdrawn) {
    await change(parts, fax, { state: 'withdrawn', closedAt: parts.clock.now() }, { event: 'withdrawn' });
    return;
  }
  if (parts.clock.now() > fax.deadline) return fail(parts, fax, fax.code ?? 'deadline_passed');
  return send(parts, fax);
}

/** The right of this node to send the faxes of a Connection, kept until it ends. */
class Turn {
  readonly #parts: OutboxParts;
  readonly #turn: FaxTurn;
  readonly #ended = new AbortController();
  /** By the clock that no change of the time of day moves. */
  #heldUntil: number;

  constructor(parts: OutboxParts, turn: FaxTurn) {
    this.#parts = parts;
    this.#turn = turn;
    this.#heldUntil = parts.clock.monotonic() + TURN_MS;
  }

  get isHeld(): boolean {
    return this.#parts.clock.monotonic() < this.#heldUntil;
  }

  end(): void {
    this.#ended.abort();
  }

  async keep(): Promise<void> {
    const { store, clock, node } = this.#parts;
    const { signal } = this.#ended;
    for (;;) {
      await clock.sleep(KEEP_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      const asked = clock.monotonic();
      const kept = await store.keepFaxTurn(this.#turn.connection, node, clock.now() + TURN_MS).catch(() => undefined);
      if (kept) this.#heldUntil = asked + TURN_MS;
      if (kept === false) this.#heldUntil = 0;
    }
  }
}
