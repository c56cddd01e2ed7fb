import type { FreezeGuard } from '../src/domain/freeze.ts';

/** For rooms whose test is about something else: nothing is frozen. */
export const NOTHING_FROZEN: FreezeGuard = {
  isEmpty: () => true,
  find: () => undefined,
  requireClient: () => undefined,
  requireApp: () => undefined,
  requireConnection: async () => undefined,
  mayKeepAlive: () => true,
};
