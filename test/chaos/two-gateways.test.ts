import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { control, manage, type Place, place, runUntil, text } from '../e2e/trunkline.ts';
import { figures } from './world.ts';

const ACCESS_SECONDS = 3;
const USING_MS = figures(6_000, 300_000);
// Of each node: how long after its arrival each uses its token. A program that is far from the platform takes a while.
const CALLERS_MS = [0, 0, 100, 100, 100, 100];
const KILLS = figures(3, 100);
// Used at once means within this: a token is given 250 ms, or its margin of 300 ms, after the last moment of its hand-out.
const AT_ONCE_MS = 200;
// A writer from outside, a backup for example, keeps the database busy for longer than that, again and again.
const BUSY_MS = 400;
const NAMES = ['front-desk', 'back-office', 'fax-desk'];
const LOGINS = [
  { username: '18889363711', extension: '101', password: '1234' },
  { username: '18887776655', extension: '102', password: 'Myp@ssw0rd' },
  { username: '15556090455', password: 'qwerty' },
];
const ME = '/restapi/v1.0/account/~/extension/~';

describe('two gateways, started as an operator starts them, on one SQLite file', () => {
  test.each([
    ['idle', 0],
    ['kept busy by another', BUSY_MS],
  ])(
    `G1, G5: ${USING_MS / 1_000} s of tokens from both, each used at once: none is refused, and each cost one request; a database that is %s`,
    async (_what, busyMs) => {
      const { nodes, use, generation, requestsSent, keepBusy } = await gateways();
      const until = Date.now() + USING_MS;

      const using = nodes.flatMap((node) => CALLERS_MS.map((afterMs) => useUntil(until, () => use(node, 'front-desk', afterMs))));
      if (busyMs > 0) await keepBusy(until, busyMs);
      const uses = (await Promise.all(using)).flat();

      const refused = uses.filter(({ status }) => status !== 200);
      const tokens = new Set(uses.map(({ token }) => token)).size;
      console.log(
        `${uses.length} uses of ${tokens} tokens: ${refused.length} refused, ${JSON.stringify(refused.map(({ status, code, tookMs }) => [status, code, tookMs]))}`,
      );
      expect(refused.filter(({ tookMs }) => tookMs < AT_ONCE_MS)).toEqual([]);
      expect(tokens).toBeGreaterThanOrEqual(Math.floor(USING_MS / (1_000 * ACCESS_SECONDS + 2 * busyMs)));
      expect([await generation('front-desk'), await requestsSent()]).toEqual([tokens, tokens]);
    },
    USING_MS + 60_000,
  );

  test(
    `G2, 5: one is killed at ${KILLS} random instants while both are used: every Connection works without a new sign-in`,
    async () => {
      const { nodes, use, start, kill, lapse, sessions } = await gateways();
      const [survivor, doomed] = nodes;
      await Promise.all(NAMES.map((name) => use(survivor, name)));
      const signedIn = sessions();

      for (let round = 0; round < KILLS; round += 1) {
        const until = Date.now() + Math.random() * 1_000 * ACCESS_SECONDS;
        const using = NAMES.flatMap((name) => nodes.map((node) => useUntil(until + 200, () => use(node, name))));
        await delay(until - Date.now());
        await kill(doomed);
        lapse();
        await start(doomed);
        await Promise.all(using);
        const after = await Promise.all(NAMES.flatMap((name) => nodes.map((node) => use(node, name))));
        expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
      }

      expect(signedIn).toHaveLength(NAMES.length);
      expect(sessions()).toEqual(signedIn);
    },
    figures(60_000, 900_000),
  );
});

/** What became of a token from its hand-out to its use. */
interface Use {
  readonly token: string;
  /** Of the use; of the hand-out where that failed; 0 where the gateway was gone. */
  readonly status: number;
  readonly code: string | undefined;
  /** From the arrival of the token to the platform's answer. */
  readonly tookMs: number;
}

async function useUntil(until: number, use: () => Promise<Use>): Promise<Use[]> {
  const uses: Use[] = [];
  while (Date.now() < until) uses.push(await use());
  return uses;
}

/** A sandbox and two gateways, each a process of its own, with the demo's Connections and a Client of all of them. */
async function gateways() {
  const at = await place();
  const second = await place();
  const other: Place = { ...second, folder: at.folder, sandbox: at.sandbox, env: { ...at.env, TRUNKLINE_LISTEN: second.env.TRUNKLINE_LISTEN ?? '' } };
  const nodes = [at, other] as const;
  await runUntil('sandbox', at, ['sandbox']);
  await control(at, 'limits', { scale: 0 });
  await control(at, 'lifetimes', { accessSeconds: ACCESS_SECONDS });

  const running = new Map<Place, Awaited<ReturnType<typeof runUntil>>>();
  const start = async (node: Place): Promise<void> => {
    running.set(node, await runUntil('Trunkline is ready.', node, ['serve'], { TRUNKLINE_LOG_LEVEL: 'warn' }));
  };
  for (const node of nodes) await start(node);
  await manage(at, 'POST', 'apps', { name: 'demo', platformOrigin: at.sandbox, clientId: 'YourAppKey', clientSecret: 'YourAppSecret' });
  for (const [index, login] of LOGINS.entries()) {
    await manage(at, 'POST', 'connections', { name: NAMES[index], app: 'demo', credentials: [{ kind: 'password', ...login }] });
  }
  const inDatabase = <Result>(work: (database: BetterSqlite3.Database) => Result): Result => {
    const database = new BetterSqlite3(join(at.folder, 'data/trunkline.db'), { timeout: 10_000 });
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  const { body: client } = await manage(at, 'POST', 'clients', { name: 'caller', connections: NAMES });

  return {
    nodes,
    start,
    kill: (node: Place) => running.get(node)?.stop('SIGKILL'),
    /** Has a node hand out a token, and presents it to the platform. */
    use: (node: Place, connection: string, afterMs = 0) => use(node, connection, String(client.key), afterMs),
    generation: async (connection: string) => (await manage(at, 'GET', `connections/${connection}`)).body.generation,
    /** How many token requests both nodes have sent, by their own count: the sandbox remembers only its latest requests. */
    requestsSent: async () => {
      const metrics = await Promise.all(nodes.map((node) => text(`${node.gateway}/metrics`)));
      const counts = metrics.join('\n').matchAll(/^trunkline_platform_token_requests_total\{.*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    /** Keeps everybody else from writing for so long, and again after a while. */
    keepBusy: async (until: number, busyMs: number) => {
      const blocker = new BetterSqlite3(join(at.folder, 'data/trunkline.db'), { timeout: 10_000 });
      while (Date.now() < until) {
        blocker.exec('begin immediate');
        await delay(busyMs);
        blocker.exec('rollback');
        await delay(busyMs);
      }
      blocker.close();
    },
    /** Does to the Leases what 30 s would do. */
    lapse: () => inDatabase((database) => database.exec('update leases set expires_at = 0')),
    /** The platform's sessions that the Grants belong to: a new sign-in begins another. */
    sessions: () => inDatabase((database) => database.prepare('select connection, session_id from grants order by connection').all()),
  };
}

async function use(node: Place, connection: string, key: string, afterMs: number): Promise<Use> {
  const handed = await request(`${node.gateway}/trunkline/api/connections/${connection}/token`, key);
  const token = String(handed.body.access_token);
  if (handed.status !== 200) return { token, status: handed.status, code: handed.body.code, tookMs: 0 };
  const started = performance.now();
  if (afterMs > 0) await delay(afterMs);
  const answer = await request(`${node.sandbox}${ME}`, token);
  return { token, status: answer.status, code: answer.body.errorCode, tookMs: Math.round(performance.now() - started) };
}

async function request(url: string, bearer: string): Promise<{ readonly status: number; readonly body: Record<string, string | undefined> }> {
  try {
    const response = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
    return { status: response.status, body: (await response.json()) as Record<string, string | undefined> };
  } catch {
    return { status: 0, body: {} };
  }
}
