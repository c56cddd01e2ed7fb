import type { RescueJournal } from '../domain/rescue.ts';

/** A rescue journal that also knows, without the disk, whose pairs this process has won and not saved yet. */
export class Unsaved implements RescueJournal {
  readonly #journal: RescueJournal;
  readonly #connections = new Set<string>();

  constructor(journal: RescueJournal) {
    this.#journal = journal;
  }

  /** The Connections whose newest pair is not in the database. */
  get connections(): readonly string[] {
    return [...this.#connections];
  }

  keep(...[rescued]: Parameters<RescueJournal['keep']>): void {
    // First: one that the disk cannot take either lives in memory alone.
    this.#connections.add(rescued.grant.connection);
    this.#journal.keep(rescued);
  }

  find(connection: string): ReturnType<RescueJournal['find']> {
    return this.#journal.find(connection);
  }

  list(): ReturnType<RescueJournal['list']> {
    return this.#journal.list();
  }

  forget(connection: string): void {
    this.#journal.forget(connection);
    this.#connections.delete(connection);
  }
}
