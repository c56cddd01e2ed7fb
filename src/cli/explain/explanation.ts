import type { FaxDocument } from '../../domain/fax.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';

/** What an old request becomes. */
export interface Explanation {
  /** Which interface and which command it is, in a few words. */
  readonly what: string;
  /** What was understood of it, by documented names; a password is a placeholder. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** In their order; what one brings, the next has as a placeholder in capitals. */
  readonly requests: readonly ExplainedRequest[];
  /** The answer, where nothing is asked of the platform; absent where it is. */
  readonly refusedWith?: string;
  readonly notes: readonly string[];
}

/** One REST request. */
export interface ExplainedRequest {
  readonly purpose: string;
  readonly method: PlatformRequest['method'];
  /** With its query. */
  readonly path: string;
  readonly json?: unknown;
  /** Follow the JSON as parts of a multipart body. */
  readonly documents?: readonly Pick<FaxDocument, 'fileName' | 'contentType'>[];
  /** Empty where none is needed. */
  readonly permission: string;
  /** Its usage-plan group. */
  readonly group?: string;
}

/** What stands for a password. */
export const HIDDEN = '(not shown)';

export function explained(purpose: string, { method, path, query, json, permission, group }: PlatformRequest): ExplainedRequest {
  const pairs = Object.entries(query ?? {}).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));
  const search = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
  return { purpose, method, path: `${path}${search}`, ...(json !== undefined && { json }), permission, ...(group && { group }) };
}

/** What was understood, without what is secret. */
export function shownFields(sent: Readonly<Record<string, string | undefined>>): Explanation['fields'] {
  return Object.entries(sent).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: name === 'password' && value !== '' ? HIDDEN : value }]));
}

/**
 * A note on the fields that nobody reads. A name that looks like none may be a value, a password even: it is only counted.
 *
 * @param names  as sent
 */
export function ignoredNote(names: Iterable<string>): string[] {
  const all = [...new Set([...names].filter((name) => name.trim() !== ''))];
  const plain = all.filter((name) => /^[a-z_][a-z_-]{0,30}(\[\d{0,3}\])?$/i.test(name));
  const others = all.length - plain.length;
  if (all.length === 0) return [];
  const shown = [
    ...plain.slice(0, MOST_NAMES),
    ...(others > 0 || plain.length > MOST_NAMES ? [`${all.length - Math.min(plain.length, MOST_NAMES)} more`] : []),
  ];
  return [`Ignored, as the old service did: ${shown.join(', ')}.`];
}

const MOST_NAMES = 20;

export const TOKEN_NOTE =
  'User name, extension and password are no part of a REST request: the program signs in once (a JWT, for example), sends the access token with each request, and refreshes it. Through Trunkline the old login goes on working.';
