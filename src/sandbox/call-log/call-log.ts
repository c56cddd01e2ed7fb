import { type Random, randomText } from '../../runtime/random.ts';
import type { Owner } from '../directory.ts';
import type { Journal } from '../journal.ts';
import type { CallRecord, NewCall } from './call-record.ts';

/** What the call log is made with. */
export interface CallLogParts {
  readonly now: () => number;
  readonly random: Random;
  readonly journal: Journal;
}

const KIND = 'call-record';
const ID_BYTES = 12;
const SESSION_DIGITS_FROM = 100_000_000_000;
const SESSION_DIGITS_TO = 200_000_000_000;

/** Every call and fax that is over, of all accounts. */
export class CallLog {
  readonly #parts: CallLogParts;
  readonly #byId = new Map<string, CallRecord>();
  /** Ids, oldest call first: of each account, and of each extension. */
  readonly #byAccount = new Map<number, string[]>();
  readonly #byOwner = new Map<string, string[]>();
  #revision = 0;

  constructor(parts: CallLogParts) {
    this.#parts = parts;
  }

  /** How many changes there have been. */
  get revision(): number {
    return this.#revision;
  }

  /** Writes a call down. @param id  drawn unless told; with one that is there already nothing happens */
  add({ account, extension }: Owner, call: NewCall, id = this.#drawId()): CallRecord {
    const before = this.#byId.get(id);
    if (before) return before;
    const record = { ...call, id, sessionId: call.sessionId ?? this.drawSessionId(), accountId: account.id, ownerId: String(extension.id) };
    return this.#save(record);
  }

  /** An id for a call that several records are of. */
  drawSessionId(): string {
    return String(this.#parts.random.integer(SESSION_DIGITS_FROM, SESSION_DIGITS_TO));
  }

  find(id: string): CallRecord | undefined {
    return this.#byId.get(id);
  }

  /** Of an extension or a whole account, newest first; those that were deleted too. */
  list(of: { readonly ownerId: string } | { readonly accountId: number }): CallRecord[] {
    const ids = 'ownerId' in of ? this.#byOwner.get(of.ownerId) : this.#byAccount.get(of.accountId);
    return (ids ?? []).flatMap((id) => this.#byId.get(id) ?? []).reverse();
  }

  remove({ revision: _revision, changedAt: _changedAt, ...record }: CallRecord): void {
    this.#save({ ...record, isDeleted: true });
  }

  /** Takes up what a journal held. */
  restore(record: CallRecord): void {
    this.#revision = Math.max(this.#revision, record.revision);
    this.#keep(record);
  }

  reset(): void {
    for (const book of [this.#byId, this.#byAccount, this.#byOwner]) book.clear();
    this.#revision = 0;
  }

  #save(record: Omit<CallRecord, 'revision' | 'changedAt'>): CallRecord {
    this.#revision += 1;
    const saved = { ...record, revision: this.#revision, changedAt: this.#parts.now() };
    this.#keep(saved);
    this.#parts.journal.put(KIND, saved.id, saved);
    return saved;
  }

  #keep(record: CallRecord): void {
    const isNew = !this.#byId.has(record.id);
    this.#byId.set(record.id, record);
    if (!isNew) return;
    this.#insert(this.#byOwner, record.ownerId, record);
    this.#insert(this.#byAccount, record.accountId, record);
  }

  #insert<Key>(book: Map<Key, string[]>, key: Key, { id, startTime }: CallRecord): void {
    const ids = book.get(key) ?? [];
    book.set(key, ids);
    // Nearly always it is the newest.
    let [low, high] = [0, ids.length];
    if (startTime >= this.#startOf(ids.at(-1))) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#startOf(ids[middle]) <= startTime) low = middle + 1;
      else high = middle;
    }
    ids.splice(low, 0, id);
  }

  #startOf(id: string | undefined): number {
    return this.#byId.get(id ?? '')?.startTime ?? Number.NEGATIVE_INFINITY;
  }

  #drawId(): string {
    return randomText(this.#parts.random, ID_BYTES);
  }
}
