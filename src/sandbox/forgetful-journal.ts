import type { Journal } from './journal.ts';

/** A journal for a sandbox that lives in memory only: nothing outlives it. */
export function forgetfulJournal(): Journal {
  const contents = new Map<string, Uint8Array>();
  const done = Promise.resolve();
  return {
    put: () => {},
    remove: () => {},
    putContent: (id, bytes) => void contents.set(id, bytes),
    readContent: (id) => contents.get(id),
    removeContent: (id) => void contents.delete(id),
    clear: () => contents.clear(),
    durable: () => done,
    close: () => {},
  };
}
