import type { Journal } from './journal.ts';

/** What the controls have set. */
export interface Settings {
  /** How far the sandbox's clock is ahead of the machine's. */
  readonly clockOffsetMs: number;
  /** The lifetime of every access token issued from now on, within the platform's bounds or not; absent: as the platform. */
  readonly accessSeconds?: number;
  /** The same of refresh tokens. */
  readonly refreshSeconds?: number;
  /** What the platform's rate limits are multiplied with; 0 switches them off. */
  readonly limitScale: number;
}

/** Nothing set. */
export const AS_THE_PLATFORM: Settings = { clockOffsetMs: 0, limitScale: 1 };
const ID = 'all';

/** The settings in force; they outlive a restart. */
export class SettingsBook {
  readonly #first: Settings;
  #current: Settings;
  readonly #journal: Journal;

  /** @param first  those of the first day */
  constructor(first: Settings, journal: Journal) {
    this.#first = first;
    this.#current = first;
    this.#journal = journal;
  }

  get current(): Settings {
    return this.#current;
  }

  set(settings: Settings): void {
    this.#current = settings;
    this.#journal.put('settings', ID, settings);
  }

  /** Takes up what a journal held. */
  restore(settings: Settings): void {
    this.#current = settings;
  }

  reset(): void {
    this.#current = this.#first;
  }
}
