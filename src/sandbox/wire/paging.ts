import { invalidParameter } from './rest-refusal.ts';

// RingCentral OpenAPI `PerPage`: 100 unless told, and what is above 1000 is cut to it.
const PER_PAGE = 100;
const LONGEST_PAGE = 1_000;

/**
 * One page of a list, in the platform's envelope.
 *
 * @param uri    of the list, without its query
 * @param query  `page` from 1, and `perPage`; what else stands there stands in the links too
 * @param show   how a record is shown; done for those of the page only
 * @throws Refused  400 CMN-101 for a page that is not a positive whole number
 */
export function pageOf<Item extends object>(
  uri: string,
  records: readonly Item[],
  query: URLSearchParams,
  show: (item: Item) => object = (item) => item,
): object {
  const page = readPositive(query, 'page', 1);
  const perPage = Math.min(readPositive(query, 'perPage', PER_PAGE), LONGEST_PAGE);
  const totalPages = Math.max(1, Math.ceil(records.length / perPage));
  const start = (page - 1) * perPage;
  const shown = records.slice(start, start + perPage).map(show);
  const filters = filtersOf(query);
  const link = (number: number) => ({ uri: `${uri}?page=${number}&perPage=${perPage}${filters}` });
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

// A token is not repeated where others may read it.
const NOT_A_FILTER: ReadonlySet<string> = new Set(['page', 'perPage', 'access_token']);

function filtersOf(query: URLSearchParams): string {
  const filters = new URLSearchParams([...query].filter(([name]) => !NOT_A_FILTER.has(name))).toString();
  return filters && `&${filters}`;
}

function readPositive(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw invalidParameter(name);
  return Number(text);
}
