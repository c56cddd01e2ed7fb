/**
 * Resolves at Ctrl-C or SIGTERM, or when the process that started this one is gone.
 *
 * A process that `trunkline start` has started leaves Ctrl-C to it: both get the signal from a terminal, and the one that is
 * still needed must not end first.
 *
 * @param started  whether `trunkline start` has started this process
 */
export function untilStopped(started = false): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    if (started) {
      process.on('SIGINT', () => undefined);
      process.once('disconnect', () => resolve());
    } else process.once('SIGINT', () => resolve());
  });
}
