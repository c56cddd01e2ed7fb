// npm passes on a Ctrl-C that the terminal has sent to everybody: two signals that come together are one wish.
const SAME_WISH_MS = 500;
// By then whatever had to be done is done: a request that was given up does not keep the process.
const LINGER_MS = 1_000;
// A shell's word for a program that a signal has ended: 128 and the signal's number.
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Resolves at Ctrl-C or SIGTERM, or when the process that started this one is gone. A second signal, later, ends the
 * process at once, whatever it is doing.
 *
 * A process that `trunkline start` has started leaves Ctrl-C to it: both get the signal from a terminal, and the one that is
 * still needed must not end first.
 *
 * @param started  whether `trunkline start` has started this process
 */
export function untilStopped(started = false): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const stop = (signal: 'SIGINT' | 'SIGTERM') => {
      if (first !== undefined && performance.now() - first > SAME_WISH_MS) process.exit(STATUS[signal]);
      first ??= performance.now();
      resolve();
    };
    process.on('SIGTERM', () => stop('SIGTERM'));
    process.on('SIGINT', started ? () => undefined : () => stop('SIGINT'));
    if (started) process.once('disconnect', () => resolve());
  });
}

/** Ends the process shortly, by itself where nothing is left: for when everything is closed. */
export function endSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
