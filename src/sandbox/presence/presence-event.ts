import type { Owner } from '../directory.ts';
import { accountUri, extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';
import { renderPresence } from './presence.ts';

/**
 * Tells those who listen how a user's presence stands.
 *
 * @param at  the instant that is meant: an appointment may be late, where the clock was moved on
 * @see RingCentral "Presence events": `sequence` rises from one to the next
 */
export function tellPresence(world: World, owner: Owner, at = world.now()): void {
  const extensionId = String(owner.extension.id);
  const { uri: _uri, extension: _extension, activeCalls = [], ...presence } = renderPresence(world, owner, { at, detailed: true }) as Shown;
  const body = { extensionId, sequence: world.events.nextSequence(at), ...presence, totalActiveCalls: activeCalls.length };
  for (const uri of [extensionUri(world, owner), accountUri(world, owner)]) {
    const filter = `${uri.slice(world.origin.length)}/presence`;
    world.events.emit({ filter, ownerId: extensionId, body });
    world.events.emit({ filter, attributes: { detailedTelephonyState: 'true' }, ownerId: extensionId, body: { ...body, activeCalls } });
  }
}

interface Shown {
  readonly uri: string;
  readonly extension: object;
  readonly activeCalls?: readonly object[];
  readonly [field: string]: unknown;
}
