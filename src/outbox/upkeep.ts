import type { OutboxParts } from './parts.ts';

// A content without a fax is being written, or was left by a process that ended: it is written within minutes.
const LOOSE_MS = 60 * 60 * 1_000;

/**
 * Erases the contents, and then the histories, whose time is over.
 *
 * @returns whether there may be more
 * @throws StoreUnavailable
 */
export async function tidy({ store, clock, rules }: Pick<OutboxParts, 'store' | 'clock' | 'rules'>): Promise<boolean> {
  const now = clock.now();
  const erased = await store.eraseFaxContents(now - rules.keepContentMs, now);
  if (erased > 0) return true;
  await store.removeFaxes(now - Math.max(rules.keepContentMs, rules.keepHistoryMs));
  await store.removeLooseFaxContents(now - LOOSE_MS);
  return false;
}
