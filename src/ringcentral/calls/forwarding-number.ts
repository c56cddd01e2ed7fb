import { jsonObject, type PlatformAnswer, type PlatformRequest, requireSuccess } from './request.ts';

// The platform's own default; an extension has some ten numbers.
const PER_PAGE = 100;

/** A number that calls to an extension may be forwarded to. */
export interface ForwardingNumber {
  /** E.164; empty for what has none, an app for example. */
  readonly phoneNumber: string;
  /** The name its owner gave it; may be empty. */
  readonly label: string;
  /** `Home`, `Mobile`, `Work` and more; may be empty. */
  readonly type: string;
  /** `CallForwarding`, `CallFlip`. */
  readonly features: readonly string[];
}

/**
 * Asks for one page of the extension's forwarding numbers.
 *
 * @param page  from 1
 * @see OpenAPI `listForwardingNumbers`
 */
export function listForwardingNumbersRequest(page: number): PlatformRequest {
  return {
    method: 'GET',
    path: '/restapi/v1.0/account/~/extension/~/forwarding-number',
    query: { page: String(page), perPage: String(PER_PAGE) },
    permission: 'ReadAccounts',
    group: 'light',
  };
}

/**
 * Judges one page of forwarding numbers.
 *
 * @returns `nextPage` where the answer's `navigation` or `paging` says that there is another
 * @throws PlatformRefused
 */
export function processForwardingNumbersResponse(answer: PlatformAnswer): { readonly numbers: readonly ForwardingNumber[]; readonly nextPage?: number } {
  const body = jsonObject(requireSuccess(answer).text);
  const records = Array.isArray(body.records) ? (body.records as readonly unknown[]) : [];
  const nextPage = nextPageOf(fields(body.navigation), fields(body.paging));
  return { numbers: records.map((record) => toForwardingNumber(fields(record))), ...(nextPage !== undefined && { nextPage }) };
}

function toForwardingNumber(record: Readonly<Record<string, unknown>>): ForwardingNumber {
  const features = Array.isArray(record.features) ? (record.features as readonly unknown[]) : [];
  return {
    phoneNumber: text(record.phoneNumber),
    label: text(record.label),
    type: text(record.type),
    features: features.filter((feature) => typeof feature === 'string'),
  };
}

function nextPageOf(navigation: Readonly<Record<string, unknown>>, paging: Readonly<Record<string, unknown>>): number | undefined {
  if (typeof paging.page !== 'number') return undefined;
  const more = navigation.nextPage !== undefined || (typeof paging.totalPages === 'number' && paging.page < paging.totalPages);
  return more ? paging.page + 1 : undefined;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
