import type { SavingParts } from './save.ts';
import { saveRescued } from './save.ts';
import type { Unsaved } from './unsaved.ts';

const LOOK_MS = 5_000;

/**
 * Offers to the database, until the signal, what this process has won and not saved. A run that won a pair offers it for a
 * minute; after a longer outage nobody else would before the Connection's next use, and that may come to another node, when
 * the platform does not repeat the pair any more.
 */
export async function keepOffering(parts: SavingParts & { readonly rescue: Unsaved }, signal: AbortSignal): Promise<void> {
  for (;;) {
    await parts.clock.sleep(LOOK_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    if (parts.rescue.connections.length === 0) continue;
    // The database is away still, which was said where the pair was rescued.
    await saveRescued(parts).catch(() => undefined);
  }
}
