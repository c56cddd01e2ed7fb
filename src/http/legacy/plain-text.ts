/**
 * What the old fax interface says of a fax that was not taken for no reason it has a digit for.
 *
 * Old fax programs make a number of whatever they get, so that a page of HTML, JSON, or nothing would count as 0, success;
 * only a digit tells them otherwise.
 */
export const FAX_NOT_TAKEN = '5';

/**
 * The headers of every legacy answer of `length` bytes.
 *
 * A GET places calls, so nothing may keep an answer; and the text is shown in pages, so nothing may guess its type. No page
 * may show it in a frame: that is what the status page is for.
 */
export function plainTextHeaders(length: number, closing: boolean): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-length': String(length),
    ...(closing && { connection: 'close' }),
  };
}
