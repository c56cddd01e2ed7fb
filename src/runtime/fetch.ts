import { rootCertificates } from 'node:tls';
import type { Agent, fetch as undiciFetch } from 'undici';

/** The only way out to the network, in the shape of the platform's own `fetch`. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

// RingCentral closes idle connections after about a minute; ours are let go earlier, so that a request is not sent
// into a connection that is being closed.
const IDLE_MS = 20_000;
const CONNECT_TIMEOUT_MS = 5_000;

interface Way {
  readonly agent: Agent;
  readonly fetch: typeof undiciFetch;
}

/**
 * A `fetch` with a connection pool of its own.
 *
 * @param options.trusted  certificates, as PEM, that are trusted besides Node's own
 * @returns `close` ends the pool; requests under way are finished first
 */
export function createFetch({ trusted }: { readonly trusted?: string } = {}): { readonly fetch: Fetch; close(): Promise<void> } {
  let way: Promise<Way> | undefined;
  return {
    fetch: async (url, init) => {
      way ??= openWay(trusted);
      const { agent, fetch } = await way;
      // undici's types and Node's describe the same objects in two places.
      return fetch(url, { ...(init as object), dispatcher: agent }) as unknown as Promise<Response>;
    },
    close: async () => (await way)?.agent.close(),
  };
}

// Loaded where it is wanted: most commands, and most sandboxes, send nothing, and start sooner without it.
async function openWay(trusted: string | undefined): Promise<Way> {
  const { Agent, fetch } = await import('undici');
  const connect = { timeout: CONNECT_TIMEOUT_MS, ...(trusted !== undefined && { ca: [...rootCertificates, trusted] }) };
  return { agent: new Agent({ keepAliveTimeout: IDLE_MS, connect }), fetch };
}
