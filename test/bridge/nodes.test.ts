import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bridgeCallers } from '../../src/bridge/callers.ts';
import { SessionCache } from '../../src/bridge/session-cache.ts';
import { BridgeSessions, type Presenter, RING_CX } from '../../src/bridge/sessions.ts';
import { BridgeTokenRefused } from '../../src/domain/errors.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openInPostgres } from '../contract/postgres-world.ts';
import { openInFile } from '../contract/sqlite-world.ts';
import { type OpenStore, sampleClient, withConnections } from '../contract/world.ts';
import { SILENT } from '../silent-log.ts';

const LIFETIMES = { accessMs: 3_600_000, refreshMs: 604_800_000 };
const PRESENTER: Presenter = { clientId: 'id', owns: async () => true, requireAllowed: async () => undefined };
const ASKED = { client: 'billing', connection: 'front-desk', clientId: 'id', lifetimes: LIFETIMES };
// A revocation must be known everywhere within a second.
const SOON_MS = 1_000;

const DATABASES: readonly (readonly [string, OpenStore])[] = [
  ['SQLite file', openInFile],
  ['PostgreSQL database', openInPostgres],
];

describe.each(DATABASES)('two nodes on one %s', (_name, open) => {
  test('an access token is looked up once, and refused at once by whoever has revoked it, within a second by the other', async () => {
    const { nodes } = await twoNodes(open);
    const { session, accessToken } = await nodes[0].sessions.issue(ASKED);
    for (let call = 0; call < 50; call += 1) await nodes[1].callers.findCaller(accessToken.reveal());
    const asked = nodes[1].found();
    const exchanged = await nodes[0].sessions.issue({ ...ASKED, clientId: RING_CX, exchangedFor: { session: session.id } });
    await nodes[0].callers.findCaller(accessToken.reveal());
    await nodes[0].callers.findCaller(exchanged.accessToken.reveal());

    await nodes[0].sessions.revoke(accessToken.reveal(), PRESENTER);
    const here = [await outcome(nodes[0], accessToken.reveal()), await outcome(nodes[0], exchanged.accessToken.reveal())];
    await delay(SOON_MS);

    // The word that it was made may come after it was looked up.
    expect(asked).toBeLessThanOrEqual(2);
    expect([...here, await outcome(nodes[1], accessToken.reveal())]).toEqual(['OAU-213', 'OAU-213', 'OAU-213']);
  });

  test('all sessions of a Client are refused at once where they are ended, and within a second by the other', async () => {
    const { nodes } = await twoNodes(open);
    const tokens = await Promise.all([nodes[0], nodes[1], nodes[0]].map(async ({ sessions }) => (await sessions.issue(ASKED)).accessToken.reveal()));
    for (const node of nodes) for (const token of tokens) await node.callers.findCaller(token);

    const ended = await nodes[0].sessions.endAllOf('billing');
    const here = await Promise.all(tokens.map((token) => outcome(nodes[0], token)));
    await delay(SOON_MS);
    const there = await Promise.all(tokens.map((token) => outcome(nodes[1], token)));

    expect([ended, ...here, ...there]).toEqual([3, ...Array.from({ length: 6 }, () => 'OAU-213')]);
  });

  test('what one exchanges for a session that has just ended on the other is none', async () => {
    const { nodes } = await twoNodes(open);
    const { session, accessToken } = await nodes[0].sessions.issue(ASKED);
    await nodes[1].callers.findCaller(accessToken.reveal());
    const before = await nodes[1].sessions.issue({ ...ASKED, clientId: RING_CX, exchangedFor: { session: session.id } });
    await nodes[1].callers.findCaller(before.accessToken.reveal());

    await nodes[0].sessions.end(session.id);
    // It does not know yet.
    const late = nodes[1].sessions.issue({ ...ASKED, clientId: RING_CX, exchangedFor: { session: session.id } });

    await expect(late).rejects.toBeInstanceOf(BridgeTokenRefused);
    await delay(SOON_MS);
    expect(await outcome(nodes[1], before.accessToken.reveal())).toBe('OAU-213');
  });

  test('a refresh ends the old access token at once where it was made, whatever was remembered there', async () => {
    const { nodes } = await twoNodes(open);
    const { accessToken, refreshToken } = await nodes[0].sessions.issue(ASKED);
    await nodes[0].callers.findCaller(accessToken.reveal());

    const next = await nodes[0].sessions.refresh(refreshToken?.reveal() ?? '', PRESENTER, LIFETIMES);

    expect([await outcome(nodes[0], accessToken.reveal()), await outcome(nodes[0], next.accessToken.reveal())]).toEqual(['OAU-129', 'good']);
  });

  test('a refresh on one node ends the old access token on the other, and both give the same pair again', async () => {
    const { nodes } = await twoNodes(open);
    const { accessToken, refreshToken } = await nodes[0].sessions.issue(ASKED);
    await nodes[1].callers.findCaller(accessToken.reveal());

    const pairs = await Promise.all(
      Array.from({ length: 10 }, (_, index) => nodes[index % 2 ? 0 : 1].sessions.refresh(refreshToken?.reveal() ?? '', PRESENTER, LIFETIMES)),
    );
    await delay(SOON_MS);

    expect(new Set(pairs.map((pair) => pair.accessToken.reveal())).size).toBe(1);
    expect(await outcome(nodes[1], accessToken.reveal())).toBe('OAU-129');
    expect(await outcome(nodes[1], pairs[0]?.accessToken.reveal() ?? '')).toBe('good');
  });
});

interface Node {
  readonly sessions: BridgeSessions;
  readonly callers: ReturnType<typeof bridgeCallers>;
  /** How often the database was asked for a session, so that it could be remembered. */
  found(): number;
}

async function twoNodes(open: OpenStore): Promise<{ readonly nodes: readonly [Node, Node] }> {
  const { store, other, close } = await open();
  await withConnections(store, 'front-desk');
  await store.createClient(sampleClient());
  const nodes = [await node(store), await node(other)] as const;
  onTestFinished(async () => {
    for (const { sessions } of nodes) await sessions.settled();
    await close();
  });
  // What was done before may still be told on a database that does not say what it was.
  await delay(300);
  return { nodes };
}

async function node(store: Store): Promise<Node> {
  let found = 0;
  const counting: Store = {
    ...store,
    findBridgeSession: (id) => {
      found += 1;
      return store.findBridgeSession(id);
    },
  };
  const cache = new SessionCache(counting);
  await cache.watch();
  onTestFinished(() => cache.close());
  const sessions = new BridgeSessions({ store, cache, clock: systemClock, random: systemRandom, log: SILENT });
  return { sessions, callers: bridgeCallers({ sessions, clients: store, clock: systemClock }), found: () => found };
}

async function outcome({ callers }: Node, token: string): Promise<string> {
  try {
    await callers.findCaller(token);
    return 'good';
  } catch (error) {
    if (error instanceof BridgeTokenRefused) return error.platform.finer;
    throw error;
  }
}
