/** What hears that something stops. */
export interface StopListener {
  handleEvent(): void;
}

/** What is asked whether, and told that, something stops; an `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(event: 'abort', listener: StopListener): void;
  removeEventListener(event: 'abort', listener: StopListener): void;
}
