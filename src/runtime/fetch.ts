import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import type { Agent, Dispatcher, fetch as undiciFetch, request as undiciRequest } from 'undici';

/** The only way out to the network, in the shape of the platform's own `fetch`. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

// RingCentral closes idle connections after about a minute; ours are let go earlier, so that a request is not sent
// into a connection that is being closed.
const IDLE_MS = 20_000;
const CONNECT_TIMEOUT_MS = 5_000;

interface Way {
  readonly agent: Agent;
  readonly fetch: typeof undiciFetch;
  readonly request: typeof undiciRequest;
}

/** A request whose body is not in memory: it is sent as it comes, and its redirects are never followed. */
type Streamed = RequestInit & { readonly body: AsyncIterable<Uint8Array> };

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
      const { agent, fetch, request } = await way;
      if (isStreamed(init)) return stream(request, agent, url, init);
      // undici's types and Node's describe the same objects in two places.
      return fetch(url, { ...(init as object), dispatcher: agent }) as unknown as Promise<Response>;
    },
    close: async () => (await way)?.agent.close(),
  };
}

// Loaded where it is wanted: most commands, and most sandboxes, send nothing, and start sooner without it.
async function openWay(trusted: string | undefined): Promise<Way> {
  const { Agent, fetch, request } = await import('undici');
  const connect = { timeout: CONNECT_TIMEOUT_MS, ...(trusted !== undefined && { ca: [...rootCertificates, trusted] }) };
  return { agent: new Agent({ keepAliveTimeout: IDLE_MS, connect }), fetch, request };
}

function isStreamed(init: RequestInit | undefined): init is Streamed {
  const body: unknown = init?.body;
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body && !(body instanceof ReadableStream);
}

/**
 * Sends a body as fast as it leaves.
 *
 * `fetch` would keep all of it in memory: it clones every request that might be redirected or asked for a password, and what
 * only one of the two reads waits for the other.
 */
async function stream(request: typeof undiciRequest, agent: Agent, url: string | URL, { method, headers, body, signal }: Streamed): Promise<Response> {
  const answer = await request(url, {
    dispatcher: agent,
    method: (method ?? 'GET') as Dispatcher.HttpMethod,
    headers: Object.fromEntries(new Headers(headers)),
    // An iterable is asked for more when what it gave has left; undici's types do not know that it takes one.
    body: body as unknown as Readable,
    ...(signal && { signal }),
  });
  const given = new Headers();
  for (const [name, values = []] of Object.entries(answer.headers)) for (const value of [values].flat()) given.append(name, value);
  if (!WITHOUT_BODY.has(answer.statusCode)) return new Response(Readable.toWeb(answer.body) as ReadableStream, { status: answer.statusCode, headers: given });
  await answer.body.dump();
  return new Response(null, { status: answer.statusCode, headers: given });
}

// `Response` takes none with these (Fetch standard, "null body status").
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
