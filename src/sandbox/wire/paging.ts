import { invalidParameter } from './rest-refusal.ts';

// RingCentral OpenAPI `PerPage`: 100 unless told, and what is above 1000 is cut to it.
const PER_PAGE = 100;
const LONGEST_PAGE = 1_000;

/**
 * One page of a list, in the platform's envelope.
 *
 * @param uri    of the list, without its query
 * @param query  `page` from 1, and `perPage`
 * @throws Refused  400 CMN-101 for a page that is not a positive whole number
 */
export function pageOf(uri: string, records: readonly object[], query: URLSearchParams): object {
  const page = readPositive(query, 'page', 1);
  const perPage = Math.min(readPositive(query, 'perPage', PER_PAGE), LONGEST_PAGE);
  const totalPages = Math.max(1, Math.ceil(records.length / perPage));
  const start = (page - 1) * perPage;
  const shown = records.slice(start, start + perPage);
  const link = (number: number) => ({ uri: `${uri}?page=${number}&perPage=${perPage}` });
  return {
    ...link(page),
    records: shown,
    paging: { page, perPage, ...(shown.length > 0 && { pageStart: start, pageEnd: start + shown.length - 1 }), totalPages, totalElements: records.length },
    navigation: {
      firstPage: link(1),
      ...(page > 1 && { previousPage: link(Math.min(page - 1, totalPages)) }),
      ...(page < totalPages && { nextPage: link(page + 1) }),
      lastPage: link(totalPages),
    },
  };
}

function readPositive(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw invalidParameter(name);
  return Number(text);
}
