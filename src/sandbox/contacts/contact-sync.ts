import { readChoice, readOne, readWholeNumber } from '../wire/query.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';
import type { AddressBooks } from './address-books.ts';
import type { Contact } from './contact.ts';

// RingCentral OpenAPI, `perPage` of `GET …/address-book-sync`.
const LONGEST_PAGE = 250;

/** What a synchronization brings. */
export interface ContactSync {
  readonly type: 'FSync' | 'ISync';
  readonly contacts: readonly Contact[];
  /** For the next ISync. */
  readonly token: string;
  /** Where the page is not the last. */
  readonly nextPageId?: number;
}

/**
 * The whole address book (FSync, in pages), or what has changed since a token was given (ISync), deleted contacts too.
 * Where more has changed than a page holds, its token brings the rest.
 *
 * @throws Refused  400 CMN-101: a token that is none of this user's
 */
export function syncContacts(books: AddressBooks, ownerId: string, query: URLSearchParams): ContactSync {
  const type = readChoice(query, 'syncType', ['FSync', 'ISync']) ?? 'FSync';
  const perPage = readWholeNumber(query, 'perPage') ?? LONGEST_PAGE;
  if (perPage < 1 || perPage > LONGEST_PAGE) throw invalidParameter('perPage');
  if (type === 'ISync') {
    const since = revisionOf(readOne(query, 'syncToken'), ownerId, books.revision);
    const changed = books.listAll(ownerId).filter(({ revision }) => revision > since);
    const contacts = changed.sort((one, other) => one.revision - other.revision).slice(0, perPage);
    return { type, contacts, token: tokenOf(ownerId, contacts.at(-1)?.revision ?? since) };
  }
  return wholeBook(books, ownerId, perPage, readWholeNumber(query, 'pageId') ?? 0);
}

function wholeBook(books: AddressBooks, ownerId: string, perPage: number, start: number): ContactSync {
  const all = books.list(ownerId);
  const contacts = all.slice(start, start + perPage);
  const end = start + perPage;
  return { type: 'FSync', contacts, token: tokenOf(ownerId, books.revision), ...(end < all.length && { nextPageId: end }) };
}

function tokenOf(ownerId: string, revision: number): string {
  return Buffer.from(`${ownerId}:${revision}`).toString('base64url');
}

function revisionOf(token: string | undefined, ownerId: string, newest: number): number {
  const [owner, revision = ''] = Buffer.from(token ?? '', 'base64url')
    .toString('utf8')
    .split(':');
  if (owner !== ownerId || !/^\d{1,15}$/.test(revision) || Number(revision) > newest) throw invalidParameter('syncToken');
  return Number(revision);
}
