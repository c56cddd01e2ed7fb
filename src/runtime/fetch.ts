import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';

/** The only way out to the network, in the shape of the platform's own `fetch`. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

// RingCentral closes idle connections after about a minute; ours are let go earlier, so that a request is not sent
// into a connection that is being closed.
const IDLE_MS = 20_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A `fetch` with a connection pool of its own.
 *
 * @param options.trusted  certificates, as PEM, that are trusted besides Node's own
 * @returns `close` ends the pool; requests under way are finished first
 */
export function createFetch({ trusted }: { readonly trusted?: string } = {}): { readonly fetch: Fetch; close(): Promise<void> } {
  const agent = new Agent({
    keepAliveTimeout: IDLE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(trusted !== undefined && { ca: [...rootCertificates, trusted] }) },
  });
  return {
    // undici's types and Node's describe the same objects in two places.
    fetch: (url, init) => undiciFetch(url, { ...(init as object), dispatcher: agent }) as unknown as Promise<Response>,
    close: () => agent.close(),
  };
}
