import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { FramingUnclear, type GatewayError, HeadersTooLarge, TargetTooLong } from '../domain/errors.ts';

const TARGET_BYTES = 64 * 1024;
/** So many header lines a request may have. Programs send some ten, and what stands between adds some more. */
export const MOST_LINES = 200;

/**
 * What is wrong with a request that Node's parser takes and other servers may read in another way, or that is larger than anything
 * here takes; nothing where it is well. For whatever is not a legacy path.
 *
 * - HTTP/1.1 without Host, which Node was told to leave to us for the sake of old programs (RFC 9112 §3.2), or with two of them
 * - a whole URL for a target: the gateway is no forward proxy, and whose host would count is not clear
 * - any transfer coding but `chunked`, which nobody would undo, and `chunked` from a program that cannot know it (§6.1)
 * - another version than the two that are spoken here
 */
export function findFault({ url = '', httpVersion, headers, rawHeaders }: IncomingMessage): GatewayError | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return new FramingUnclear('it is not HTTP/1.1');
  if (headers.host === undefined ? httpVersion === '1.1' : hosts(rawHeaders) > 1) return new FramingUnclear('it has no Host header, or more than one');
  if (!url.startsWith('/') && url !== '*') return new FramingUnclear('what it asks for does not begin with a slash');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked')) {
    return new FramingUnclear('its Transfer-Encoding is not `chunked` of HTTP/1.1');
  }
  if (rawHeaders.length > 2 * MOST_LINES) return new HeadersTooLarge(MOST_LINES, 'lines');
  return url.length > TARGET_BYTES ? new TargetTooLong(TARGET_BYTES) : undefined;
}

/** Answers with a problem document. */
export function refuseWithProblem(response: ServerResponse, { status, code, message }: GatewayError): void {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail: message });
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

function hosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
