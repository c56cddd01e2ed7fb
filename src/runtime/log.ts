/**
 * One line per event. Values are what a reader needs to find the thing: names, codes, counts; never a URL of a
 * caller, a body or a secret.
 */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}
