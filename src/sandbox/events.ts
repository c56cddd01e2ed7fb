/** Something that happened, as subscriptions hear of it. */
export interface PlatformEvent {
  /** As an event filter names it: `/restapi/v1.0/account/1/extension/2/message-store`. */
  readonly filter: string;
  /** By which a filter may ask for less: `{ type: 'SMS' }`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The extension it happened to. */
  readonly ownerId: string;
  /** What the notification's `body` holds. */
  readonly body: object;
}

/** Tells those who listen what happened. */
export class Events {
  readonly #listeners: ((event: PlatformEvent) => void)[] = [];
  #sequence = 0;

  /** A number above all before it, over a restart too, by which a listener tells what is newer. @param at  epoch milliseconds */
  nextSequence(at: number): number {
    this.#sequence = Math.max(this.#sequence + 1, at);
    return this.#sequence;
  }

  listen(listener: (event: PlatformEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(event: PlatformEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
