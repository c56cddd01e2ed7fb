import { onTestFinished } from 'vitest';
import type { Keep } from '../../src/domain/connection.ts';
import type { GatewayError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Fetch } from '../../src/runtime/fetch.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import type { Rules } from '../../src/sandbox/profile.ts';
import { TOKEN_PATH, world } from '../world.ts';

/** The platform's own figures: so many token requests in any minute, and as long a penalty. */
export const LIMIT = 5;
export const WINDOW_MS = 60_000;
/** A window and what the gateway adds, because requests take different times on their way. */
export const SPAN_MS = WINDOW_MS + 250;
/** How much later than it is free a slot may be taken: nodes look with some jitter. */
export const JITTER_MS = 300;

const STEP_MS = 50;
const USERNAME = '15555550100';
const PASSWORD = 'of-everybody';
const FIRST_EXTENSION = 1_001;

/** What became of a wish for a token. */
export interface Asked {
  readonly name: string;
  /** When it was answered, by the gateway's clock. */
  readonly at: number;
  /** Absent: there was a token. */
  readonly refused?: GatewayError;
}

/**
 * A gateway that keeps its Connections alive, at a sandbox with the platform's own limits: `c-00`, `c-01` …, of a user each,
 * which have not signed in yet. Time goes on by `pass` alone, and not while anything is under way.
 *
 * @param through  what its requests go through on their way
 */
export async function limitedWorld({
  connections,
  keep = 'alive',
  rules = {},
  through = (fetch) => fetch,
}: {
  readonly connections: number;
  readonly keep?: Keep;
  readonly rules?: Partial<Rules>;
  readonly through?: (fetch: Fetch) => Fetch;
}) {
  const { busy, counting } = underWay();
  // As many users more, for somebody else who uses the same App.
  const generate = { count: 2 * connections, password: PASSWORD, firstExtensionNumber: FIRST_EXTENSION };
  const accounts = [{ mainNumber: `+${USERNAME}`, generate }];
  const at = await world({ connections: [], scenario: { extends: 'demo', rules, accounts }, through: (fetch) => through(counting(fetch)) });
  const { clock, sandbox, tokens } = at;
  await sandbox.setLimits({ scale: 1 });
  const names = Array.from({ length: connections }, (_, index) => `c-${String(index).padStart(2, '0')}`);
  for (const [index, name] of names.entries()) {
    const credential = { kind: 'password' as const, username: USERNAME, extension: String(FIRST_EXTENSION + index), password: new Secret(PASSWORD) };
    await at.connections.createConnection({ name, app: 'demo', keep, credentials: [credential] });
  }
  const ending = new AbortController();
  const running = tokens.scheduler.run(ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await running;
  });

  const pass = async (ms: number) => {
    await quiet(busy);
    for (let left = ms; left > 0; left -= STEP_MS) {
      clock.advance(Math.min(STEP_MS, left));
      await quiet(busy);
    }
  };
  let others = connections;
  return {
    ...at,
    names,
    pass,
    ask: (name: string, client = ''): Promise<Asked> =>
      tokens.usableGrant(name, { client }).then(
        () => ({ name, at: clock.now() }),
        (refused: GatewayError) => ({ name, at: clock.now(), refused }),
      ),
    /** Somebody else signs a user of theirs in with the same App; its status. */
    signInElsewhere: async () => {
      const extension = String(FIRST_EXTENSION + (others++ % (2 * connections)));
      const body = new URLSearchParams({ grant_type: 'password', username: USERNAME, extension, password: PASSWORD });
      const basic = Buffer.from(`${DEMO.app.clientId}:${DEMO.app.clientSecret}`).toString('base64');
      const { status } = await fetch(sandbox.origin + TOKEN_PATH, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body });
      return status;
    },
    /** The Connections in the order in which they have signed in. */
    signedIn: () =>
      at.logged
        .map((line) => JSON.parse(line) as { event: string; connection: string })
        .flatMap(({ event, connection }) => (event === 'connection.signed_in' ? [connection] : [])),
    /** When each token request came, and what it was answered. */
    met: () => sandbox.requests(TOKEN_PATH).map(({ at: cameAt, status }) => ({ at: cameAt, status })),
  };
}

/** The most that came within any window. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length));
}

// A request that is on its way takes real time, in which the gateway's clock must stand.
function underWay() {
  let count = 0;
  return {
    busy: () => count > 0,
    counting:
      (fetch: Fetch): Fetch =>
      async (url, init) => {
        count += 1;
        try {
          const { status, headers, ...answer } = await whole(await fetch(url, init));
          return new Response(answer.body, { status, headers });
        } finally {
          count -= 1;
        }
      },
  };
}

async function whole(answer: Response) {
  return { status: answer.status, headers: answer.headers, body: await answer.arrayBuffer() };
}

// Whatever does not wait for the time is done within some turns of the event loop.
const CALM_TURNS = 4;

async function quiet(busy: () => boolean): Promise<void> {
  for (let calm = 0; calm < CALM_TURNS; calm = busy() ? 0 : calm + 1) await new Promise((resolve) => setImmediate(resolve));
}
