import type { LoginOwner } from '../access/legacy-logins.ts';
import type { FreezeGuard } from '../domain/freeze.ts';

/** Asks whether tokens may be given out for a Client on a Connection. @throws Frozen  one of them, the App behind, or everything */
export async function requireThawed(freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>, { client, connection }: LoginOwner): Promise<void> {
  freezes.requireClient(client);
  await freezes.requireConnection(connection);
}
