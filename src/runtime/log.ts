/**
 * One line per event. Values are what a reader needs to find the thing: names, codes, counts; never a URL of a
 * caller, a body or a secret.
 */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a caught error says of itself, as a field of a line. Only for errors whose messages hold nothing of a caller. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
