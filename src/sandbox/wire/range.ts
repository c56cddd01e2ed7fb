import type { Answer } from './answer.ts';
import { restRefusal } from './rest-refusal.ts';

/**
 * Bytes, or the range of them that is asked for. Several ranges at once, or a header that is none, get the whole, as a
 * server may answer.
 *
 * @throws Refused  416 CMN-107: the range lies beyond the end
 * @see RFC 9110 §14
 */
export function rangeAnswer(bytes: Uint8Array, contentType: string, header: string | undefined): Answer {
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  const isWhole = (from === '' && to === '') || (from !== '' && to !== '' && Number(from) > Number(to));
  if (isWhole) return { status: 200, headers, body: bytes };
  const size = bytes.byteLength;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) throw restRefusal(416, 'CMN-107', 'The requested range is not satisfiable', { headers: { 'content-range': `bytes */${size}` } });
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${start}-${end}/${size}` }, body: bytes.subarray(start, end + 1) };
}
