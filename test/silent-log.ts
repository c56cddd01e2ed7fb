import type { Log } from '../src/runtime/log.ts';

/** For rooms whose test is about something else: nothing is logged. */
export const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
