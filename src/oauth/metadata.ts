import { type App, isLoopback } from '../domain/app.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { readText } from '../runtime/read-text.ts';
import type { Wire } from './token-request.ts';

// The platform's has some 3 KB.
const METADATA_LIMIT_BYTES = 64 * 1024;

/**
 * The issuer that the answers of an App's authorization endpoint must name, where its metadata promise that they name one.
 *
 * Metadata count only where they were had over TLS, or from this machine, and are of the configured issuer, compared
 * character by character. Whatever else comes says nothing, and nothing is expected then.
 *
 * @returns nothing where no such promise is made
 * @see RFC 8414 §3.3; RFC 9207 §2.4, §3; OpenID Connect Discovery §4.3
 */
export async function readPromisedIssuer({ platformOrigin }: Pick<App, 'platformOrigin'>, wire: Wire): Promise<string | undefined> {
  const url = new URL('/.well-known/openid-configuration', platformOrigin);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) return undefined;
  const metadata = await readObject(url, wire);
  if (metadata?.issuer !== platformOrigin) return undefined;
  return metadata.authorization_response_iss_parameter_supported === true ? platformOrigin : undefined;
}

async function readObject(url: URL, { fetch, signal }: Wire): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal });
    const text = await readText(response, METADATA_LIMIT_BYTES);
    return response.status === 200 && text !== undefined ? parseObject(text) : undefined;
  } catch {
    return undefined;
  }
}
