import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEMO } from '../../src/sandbox/demo.ts';
import { control, manage, type Place, place, runUntil } from '../e2e/trunkline.ts';
import { emptyDatabase } from '../postgres/databases.ts';
import { type Done, forwardForAWhile } from './forwarding.ts';
import { startPlatform } from './platform.ts';
import { figures } from './world.ts';

const CLIENTS = figures(16, 64);
const FOR_MS = figures(6_000, 60_000);
const ACCESS_SECONDS = 2;
// A token is renewed when a tenth of its life is left, and on a machine with other work somewhat later.
const ROTATIONS = Math.floor(FOR_MS / (ACCESS_SECONDS * 1_500));
const { clientId, clientSecret } = DEMO.app;

const FLEETS: readonly (readonly [string, number, () => Promise<string | undefined>])[] = [
  ['one node on SQLite', 1, async () => undefined],
  ['two nodes on PostgreSQL', 2, emptyDatabase],
];

describe('G6, 17: a rotation is invisible to callers', () => {
  test.each(FLEETS)(
    `${CLIENTS} clients at full speed for ${FOR_MS / 1_000} s while every Grant is rotated every ${ACCESS_SECONDS} s, %s: no request fails, and each POST is acted on once`,
    async (_name, count, database) => {
      const platform = await startPlatform();
      const nodes = await gateways(count, platform.origin, await database());
      await control({ sandbox: platform.origin } as Place, 'lifetimes', { accessSeconds: ACCESS_SECONDS });
      const key = await connect(nodes[0] as Place, platform.origin);

      const { done, failed, requests } = await forwardForAWhile({
        nodes,
        names: DEMO.connections.map(({ name }) => name),
        key,
        clients: CLIENTS,
        forMs: FOR_MS,
      });
      const acted = actedOn(await platform.changes());
      const tokens = await platform.tokenRequests();

      console.log(
        `${requests} requests (${Math.round((1_000 * requests) / FOR_MS)}/s), ${JSON.stringify(done)}; at the platform ${JSON.stringify(acted)}, token requests ${JSON.stringify(tokens)}`,
      );
      expect([...failed]).toEqual([]);
      for (const kind of ['sms', 'fax'] as const) expect(done[kind]).toBeGreaterThan(0);
      expect(acted).toEqual({ sms: done.sms, fax: done.fax });
      expect(tokens['refresh_token 200']).toBeGreaterThanOrEqual(DEMO.connections.length * ROTATIONS);
      expect(Object.keys(tokens).toSorted()).toEqual(['password 200', 'refresh_token 200']);
    },
    figures(180_000, 300_000),
  );
});

async function gateways(count: number, sandbox: string, database: string | undefined): Promise<readonly Place[]> {
  const env = {
    TRUNKLINE_VAULT_KEY: randomBytes(32).toString('base64'),
    TRUNKLINE_LOG_LEVEL: 'warn',
    ...(database !== undefined && { TRUNKLINE_DATABASE: database }),
  };
  const nodes: Place[] = [];
  for (let index = 0; index < count; index += 1) {
    const node = { ...(await place()), sandbox };
    await runUntil('Trunkline is ready.', node, ['serve'], env);
    nodes.push(node);
  }
  return nodes;
}

/** @returns the key of a Client of all Connections */
async function connect(node: Place, platformOrigin: string): Promise<string> {
  await manage(node, 'POST', 'apps', { name: 'main', platformOrigin, clientId, clientSecret });
  for (const { name, ...login } of DEMO.connections) {
    const { status, text } = await manage(node, 'POST', 'connections?verify=true', { name, app: 'main', credentials: [{ kind: 'password', ...login }] });
    if (status !== 201) throw new Error(text);
  }
  const { body } = await manage(node, 'POST', 'clients', { name: 'caller', connections: DEMO.connections.map(({ name }) => name) });
  return String(body.key);
}

/** What the platform did: it answered 200 and no more often than once for each. */
function actedOn(changes: Readonly<Record<string, number>>): Pick<Done, 'sms' | 'fax'> {
  const of = (kind: string) => Object.entries(changes).reduce((sum, [line, count]) => (line.endsWith(`/${kind} 200`) ? sum + count : sum), 0);
  return { sms: of('sms'), fax: of('fax') };
}
