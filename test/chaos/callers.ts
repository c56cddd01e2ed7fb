import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import type { FleetNode } from './fleet.ts';

const ME = '/restapi/v1.0/account/~/extension/~';
// A token is good for 250 ms after the last moment of its hand-out at least. Whoever uses it later does what the
// documentation says: reports the refusal, and uses what it gets.
const AT_ONCE_MS = 200;
const NODE_AWAY_MS = 100;

/** What became of the callers' requests. */
export interface Tally {
  /** Tokens that were handed out, and answered 200 when they were used. */
  used: number;
  /** Tokens that were used later than at once, refused, reported, and replaced by one that answered 200. */
  late: number;
  /** Requests that met no gateway, because it was killed. */
  away: number;
  /** Whatever else: the status and code, and how often. */
  readonly failed: Map<string, number>;
  /** How long the hand-outs took of tokens that somebody had got before, in milliseconds. */
  readonly cachedMs: number[];
}

/** Who calls, and whom. */
export interface Calling {
  readonly nodes: readonly FleetNode[];
  readonly names: readonly string[];
  readonly key: string;
  readonly sandbox: string;
  /** At each node. */
  readonly callers: number;
  /** Between two uses of one caller, on average. */
  readonly thinkMs: number;
  /** Whether a caller whose gateway is away goes on with another one, as behind a balancer. */
  readonly roams: boolean;
}

/**
 * Callers at every node, who have tokens handed out and use each at once. Each has the same share of the Connections to go
 * round in at every node, so that at each expiry all nodes are asked for the same ones.
 *
 * @returns ends it: the tally
 */
export function startCalling(calling: Calling): () => Promise<Tally> {
  const tally: Tally = { used: 0, late: 0, away: 0, failed: new Map(), cachedMs: [] };
  const agent = new Agent({ connections: 2 * calling.callers, keepAliveTimeout: 60_000 });
  const seen = new Map<string, string>();
  const state = { over: false };
  // A test that fails must not leave them calling.
  onTestFinished(() => {
    state.over = true;
  });
  const calls = calling.nodes.flatMap((_, at) =>
    Array.from({ length: calling.callers }, (__, index) => call(calling, { tally, agent, seen, state }, at, index)),
  );
  return async () => {
    state.over = true;
    await Promise.all(calls);
    await agent.destroy();
    return tally;
  };
}

/** What all callers share. */
interface Shared {
  readonly tally: Tally;
  readonly agent: Agent;
  /** The token of each Connection that was handed out last. */
  readonly seen: Map<string, string>;
  readonly state: { readonly over: boolean };
}

async function call(calling: Calling, shared: Shared, at: number, index: number): Promise<void> {
  const { names, callers, nodes, thinkMs, roams } = calling;
  const own = names.filter((_, place) => place % callers === index % names.length);
  let node = at;
  await delay(Math.random() * thinkMs);
  for (let turn = at; !shared.state.over; turn += 1) {
    const away = await useOne(calling, shared, nodes[node % nodes.length] as FleetNode, own[turn % own.length] ?? '');
    if (away && roams) node += 1;
    await delay(away ? NODE_AWAY_MS : thinkMs * (0.5 + Math.random()));
  }
}

/** @returns whether the node was away */
async function useOne({ key, sandbox }: Calling, { tally, agent, seen }: Shared, node: FleetNode, name: string): Promise<boolean> {
  const url = `${node.place.gateway}/trunkline/api/connections/${name}/token`;
  const asked = performance.now();
  const handed = await ask(agent, url, key);
  const got = performance.now();
  if (handed.status === 200) {
    const token = String(handed.body.access_token);
    if (seen.get(name) === token) tally.cachedMs.push(got - asked);
    seen.set(name, token);
    const answer = await ask(agent, `${sandbox}${ME}`, token);
    if (answer.status === 200) tally.used += 1;
    else if (performance.now() - got < AT_ONCE_MS) count(tally, `use ${answer.status} ${answer.body.errorCode}`);
    else await report({ key, sandbox }, { tally, agent }, url, token);
    return false;
  }
  if (handed.status === 0) tally.away += 1;
  else count(tally, `token ${handed.status} ${handed.body.code}`);
  return handed.status === 0;
}

async function report({ key, sandbox }: Pick<Calling, 'key' | 'sandbox'>, { tally, agent }: Pick<Shared, 'tally' | 'agent'>, url: string, rejected: string) {
  const newer = await ask(agent, url, key, { rejected });
  const answer = newer.status === 200 ? await ask(agent, `${sandbox}${ME}`, String(newer.body.access_token)) : newer;
  if (answer.status === 200) tally.late += 1;
  else if (answer.status === 0) tally.away += 1;
  else count(tally, `replacement ${answer.status} ${answer.body.code ?? answer.body.errorCode}`);
}

function count({ failed }: Tally, what: string): void {
  failed.set(what, (failed.get(what) ?? 0) + 1);
}

interface Answer {
  /** 0 where there was none. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(dispatcher: Agent, url: string, bearer: string, body?: unknown): Promise<Answer> {
  try {
    const answer = await request(url, {
      dispatcher,
      headers: { authorization: `Bearer ${bearer}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Answer['body'] };
  } catch {
    return { status: 0, body: {} };
  }
}

/** The value below which this share of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}
