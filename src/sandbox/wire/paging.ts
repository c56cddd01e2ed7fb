import { readOne, readWholeNumber } from './query.ts';
import { invalidParameter } from './rest-refusal.ts';

// RingCentral OpenAPI `PerPage`: 100 unless told, and what is above 1000 is cut to it.
const PER_PAGE = 100;
const LONGEST_PAGE = 1_000;
const HIGHEST_NUMBER = 999_999_999;

/** How a list's pages are cut, where that is not as everywhere. */
interface PageRules {
  /** How many a page has where nothing is said; 100 unless told. */
  readonly perPage?: number;
  /** Whether `perPage=max` means the longest page, as in the call log. */
  readonly takesMax?: boolean;
}

/** As the platform shows a part of a list. */
export interface Page {
  readonly uri: string;
  readonly records: readonly object[];
  readonly paging: object;
  readonly navigation: object;
}

/**
 * One page of a list, in the platform's envelope.
 *
 * @param uri    of the list, without its query
 * @param query  `page` from 1, and `perPage`; what else stands there stands in the links too
 * @param show   how an item is shown; done for those of the page only
 * @throws Refused  400 CMN-101 for a page that is not a positive whole number
 */
export function pageOf<Item extends object>(
  uri: string,
  items: readonly Item[],
  query: URLSearchParams,
  show: (item: Item) => object = (item) => item,
  rules: PageRules = {},
): Page {
  const page = readPositive(query, 'page', 1);
  const perPage = readPerPage(query, rules);
  const totalPages = Math.max(1, Math.ceil(items.length / perPage));
  const start = (page - 1) * perPage;
  const shown = items.slice(start, start + perPage).map(show);
  const filters = filtersOf(query);
  const link = (number: number) => ({ uri: `${uri}?page=${number}&perPage=${perPage}${filters}` });
  return {
    ...link(page),
    records: shown,
    paging: { page, perPage, ...(shown.length > 0 && { pageStart: start, pageEnd: start + shown.length - 1 }), totalPages, totalElements: items.length },
    navigation: {
      firstPage: link(1),
      ...(page > 1 && { previousPage: link(Math.min(page - 1, totalPages)) }),
      ...(page < totalPages && { nextPage: link(page + 1) }),
      lastPage: link(totalPages),
    },
  };
}

function readPerPage(query: URLSearchParams, { perPage = PER_PAGE, takesMax = false }: PageRules): number {
  if (takesMax && readOne(query, 'perPage') === 'max') return LONGEST_PAGE;
  return Math.min(readPositive(query, 'perPage', perPage), LONGEST_PAGE);
}

function readPositive(query: URLSearchParams, name: string, fallback: number): number {
  const number = readWholeNumber(query, name) ?? fallback;
  if (number < 1 || number > HIGHEST_NUMBER) throw invalidParameter(name);
  return number;
}

// A token is not repeated where others may read it.
const NOT_A_FILTER: ReadonlySet<string> = new Set(['page', 'perPage', 'access_token']);

function filtersOf(query: URLSearchParams): string {
  const filters = new URLSearchParams([...query].filter(([name]) => !NOT_A_FILTER.has(name))).toString();
  return filters && `&${filters}`;
}
