import { pino } from 'pino';
import type { Log } from './log.ts';

// What must never be printed, should it ever be handed to the log: a second guard behind `Secret`.
const REDACTED = ['password', 'clientSecret', 'accessToken', 'refreshToken', 'authorization', 'key', 'token', 'assertion'].flatMap((name) => [
  name,
  `*.${name}`,
]);

/** A log of JSON lines on stderr, times in ISO 8601. */
export function createLog(level: 'silent' | 'error' | 'warn' | 'info'): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: REDACTED, censor: '[redacted]' } },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}
