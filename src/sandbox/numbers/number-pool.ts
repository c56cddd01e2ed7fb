import { type Random, randomText } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';

/** A number that is kept for somebody for a while. */
export interface Reservation {
  readonly id: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly endsAt: number;
  /** Who alone may take the number: the app, with whom its token speaks for. */
  readonly holder: string;
}

/** What the pool is made with. */
export interface NumberPoolParts {
  readonly now: () => number;
  readonly random: Random;
  readonly journal: Journal;
  /** Whether somebody has the number already. */
  readonly isTaken: (number: string) => boolean;
}

const KIND = 'reservation';
const ID_BYTES = 15;
// All in the exchange 555, so that none is anybody's; below 0100 a number's end decides how a call to it goes.
const EXCHANGE = '555';
const LOWEST_LINE = 100;
const HIGHEST_LINE = 9_999;

/** The numbers that nobody has yet, and for whom some of them are kept. */
export class NumberPool {
  readonly #parts: NumberPoolParts;
  /** By number. */
  readonly #reservations = new Map<string, Reservation>();

  constructor(parts: NumberPoolParts) {
    this.#parts = parts;
  }

  /** Those of an area code that can be had, lowest first. @returns E.164 */
  *free(npa: string): Generator<string> {
    for (let line = LOWEST_LINE; line <= HIGHEST_LINE; line += 1) {
      const number = `+1${npa}${EXCHANGE}${String(line).padStart(4, '0')}`;
      if (this.canBeHad(number)) yield number;
    }
  }

  /** Whether the pool has the number, and nobody else has or keeps it. */
  canBeHad(number: string, holder?: string): boolean {
    if (!isOfPool(number) || this.#parts.isTaken(number)) return false;
    const reservation = this.find(number);
    return !reservation || reservation.holder === holder;
  }

  /** @returns nothing where it has ended. @param number  E.164 */
  find(number: string): Reservation | undefined {
    const reservation = this.#reservations.get(number);
    return reservation && this.#parts.now() < reservation.endsAt ? reservation : undefined;
  }

  /** Keeps the number, or keeps it longer. */
  reserve(phoneNumber: string, holder: string, endsAt: number): Reservation {
    const id = this.find(phoneNumber)?.id ?? randomText(this.#parts.random, ID_BYTES);
    const reservation = { id, phoneNumber, holder, endsAt };
    this.#reservations.set(phoneNumber, reservation);
    this.#parts.journal.put(KIND, phoneNumber, reservation);
    return reservation;
  }

  /** Gives the number back to the pool, or to whom has taken it. */
  release(phoneNumber: string): void {
    if (this.#reservations.delete(phoneNumber)) this.#parts.journal.remove(KIND, phoneNumber);
  }

  /** Takes up what a journal held. */
  restore(reservation: Reservation): void {
    this.#reservations.set(reservation.phoneNumber, reservation);
  }

  reset(): void {
    this.#reservations.clear();
  }
}

function isOfPool(number: string): boolean {
  return /^\+1[2-9]\d{2}555\d{4}$/.test(number) && Number(number.slice(-4)) >= LOWEST_LINE;
}
