import type { IncomingHttpHeaders } from 'node:http';

/** What `Authorization: Bearer …` carries; nothing where there is no such header. */
export function bearer(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}
