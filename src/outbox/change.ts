import type { Fax } from '../domain/fax.ts';
import type { FaxChange, Happening, NoticeWay } from '../domain/outbox.ts';
import type { OutboxParts } from './parts.ts';

/** Somebody else has changed the fax, so whatever was being done with it is theirs to do. */
export class Superseded extends Error {}

/**
 * Changes a fax that this node works on. Whoever withdraws it meanwhile does not get in the way.
 *
 * @throws Superseded
 */
export async function change({ store, clock }: Pick<OutboxParts, 'store' | 'clock'>, fax: Fax, change: FaxChange, happening?: Happening): Promise<Fax> {
  const changed = await store.changeFax(fax, change, happening, clock.now());
  if (changed) return changed;
  const now = await store.findFax(fax.id);
  if (!now || !isOnlyWithdrawn(fax, now)) throw new Superseded();
  const again = await store.changeFax(now, change, happening, clock.now());
  if (!again) throw new Superseded();
  return again;
}

/** Whom to tell that a fax has come to its end: everybody; of what happens before, programs only. */
export function waysFor(ways: readonly NoticeWay[], isEnd: boolean): readonly NoticeWay[] {
  return isEnd ? ways : ways.filter((way) => way === 'webhook');
}

function isOnlyWithdrawn(before: Fax, now: Fax): boolean {
  return now.isWithdrawn && !before.isWithdrawn && now.state === before.state && now.attempts === before.attempts && now.version === before.version + 1;
}
