import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Profile } from '../../src/sandbox/profile.ts';
import { control, manage, type Place, place, type RunningTrunkline, run } from '../e2e/trunkline.ts';
import { onDatabase } from '../postgres/databases.ts';
import { startPostgres } from '../postgres/server.ts';
import { startPlatform } from './platform.ts';

const NODES = 4;
const USERNAME = '18885550100';
const APP = { name: 'main', clientId: 'FleetAppKey', clientSecret: 'FleetAppSecret' };
// Not all at once: so many are made, or signed in, at a time.
const AT_ONCE = 16;
const START_TIMEOUT_MS = 60_000;

/** A Grant as the database has it, but for its tokens. */
export interface FleetGrant {
  readonly connection: string;
  readonly generation: number;
  /** Of the platform: a new sign-in begins another. */
  readonly session_id: string;
}

/** How large a fleet is to be. */
export interface FleetSize {
  readonly connections: number;
  readonly accessSeconds: number;
  readonly profile?: Profile;
}

/** One gateway process of the fleet. */
export class FleetNode {
  readonly place: Place;
  readonly #env: Readonly<Record<string, string>>;
  #running: RunningTrunkline | undefined;

  constructor(at: Place, env: Readonly<Record<string, string>>) {
    this.place = at;
    this.#env = env;
  }

  /** Resolves when it is ready, or has been killed before that. */
  async start(): Promise<void> {
    const running = run(this.place, ['serve'], this.#env);
    this.#running = running;
    await soon('a gateway that is ready', START_TIMEOUT_MS, () => this.isReady || running.process.signalCode === 'SIGKILL');
  }

  get isReady(): boolean {
    return this.#running?.output().includes('Trunkline is ready.') === true && this.#running.process.signalCode === null;
  }

  async kill(): Promise<void> {
    await this.#running?.stop('SIGKILL');
  }

  /** How many pairs stand in its rescue journal. */
  rescued(): number {
    return readdirSync(join(this.place.folder, 'data/rescue')).filter((name) => name.endsWith('.rescued')).length;
  }
}

/**
 * Four gateways, as an operator starts them, on one PostgreSQL server of their own, and a sandbox with as many users as
 * there are Connections; every Connection is signed in.
 */
export async function fleet({ connections, accessSeconds, profile = 'platform' }: FleetSize) {
  const names = Array.from({ length: connections }, (_, index) => `desk-${10_001 + index}`);
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  const platform = await startPlatform({ scenario: scenarioOf(connections), profile });
  await control({ sandbox: platform.origin } as Place, 'lifetimes', { accessSeconds });

  const env = {
    TRUNKLINE_DATABASE: postgres.url,
    TRUNKLINE_VAULT_KEY: randomBytes(32).toString('base64'),
    TRUNKLINE_LOG_LEVEL: 'warn',
  };
  const nodes: FleetNode[] = [];
  for (let index = 0; index < NODES; index += 1) nodes.push(new FleetNode({ ...(await place()), sandbox: platform.origin }, env));
  // The first one makes the tables.
  const [first, ...others] = nodes as [FleetNode, ...FleetNode[]];
  await first.start();
  await Promise.all(others.map((node) => node.start()));
  await manage(first.place, 'POST', 'apps', { ...APP, platformOrigin: platform.origin });
  await inGroups(names, async (name, index) => {
    const credentials = [{ kind: 'password', username: USERNAME, extension: extensionOf(index), password: passwordOf(extensionOf(index)) }];
    const { status, text } = await manage(first.place, 'POST', 'connections', { name, app: APP.name, credentials });
    if (status !== 201) throw new Error(text);
  });
  const { body } = await manage(first.place, 'POST', 'clients', { name: 'caller', connections: names });
  const key = String(body.key);
  const tokenOf = async (node: FleetNode, name: string): Promise<number> =>
    fetch(`${node.place.gateway}/trunkline/api/connections/${name}/token`, { headers: { authorization: `Bearer ${key}` } }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
  const signIn = (name: string, index: number) =>
    soon(`${name} signed in`, START_TIMEOUT_MS, async () => (await tokenOf(nodes[index % NODES] ?? first, name)) === 200);
  // Alone: its answer says that this platform has no limit.
  await signIn(names[0] ?? '', 0);
  await inGroups(names, signIn);

  return {
    names,
    nodes,
    key,
    postgres,
    sandbox: platform.origin,
    /** How many token requests the platform has had, by grant type and status. */
    tokenRequests: platform.tokenRequests,
    tokenOf,
    /** Does to all Leases what 30 s would do. */
    lapse: () => onDatabase(postgres.url, 'update leases set expires_at = 0'),
    /** The Leases that are held now, each by its Connection and generation. */
    heldLeases: async () =>
      (
        (await onDatabase(postgres.url, `select connection || '/' || generation as held from leases where expires_at > ${Date.now()}`))[0] as { held: string }[]
      ).map(({ held }) => held),
    /** Asks for a token of every Connection, at one node after another, until it is there. */
    untilAllAnswer: (withinMs: number) =>
      inGroups(names, (name, index) => soon(`a token of ${name}`, withinMs, async () => (await tokenOf(nodes[index % NODES] ?? first, name)) === 200)),
    grants: async () =>
      (await onDatabase(postgres.url, 'select connection, generation, session_id from grants order by connection'))[0] as readonly FleetGrant[],
    addFault: (fault: unknown) => control({ sandbox: platform.origin } as Place, 'faults', fault),
  };
}

function scenarioOf(users: number) {
  return {
    apps: [{ clientId: APP.clientId, clientSecret: APP.clientSecret, permissions: ['ReadAccounts'] }],
    accounts: [
      { name: 'Fleet', mainNumber: `+${USERNAME}`, generate: { count: users, firstExtensionNumber: Number(extensionOf(0)), password: passwordOf('{n}') } },
    ],
  };
}

function extensionOf(index: number): string {
  return String(10_001 + index);
}

function passwordOf(extension: string): string {
  return `fleet-${extension}`;
}

/** Does it for all of them, some at a time. */
export async function inGroups<Item>(items: readonly Item[], work: (item: Item, index: number) => Promise<void>): Promise<void> {
  const left = [...items.entries()];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
    }),
  );
}

/** Resolves when the condition holds. */
export async function soon(what: string, withinMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const late = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > late) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(20);
  }
}
