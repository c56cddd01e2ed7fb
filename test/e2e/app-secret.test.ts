import { describe, expect, test, vi } from 'vitest';
import { command, manage, place, runUntil, tokenRequests } from './trunkline.ts';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

const NEWER = 'canary-newer-secret-5550103';
const RIGHT = 'TrunklineDemoSecret';

async function started() {
  const at = await place();
  await runUntil('Ctrl-C stops both.', at, ['start']);
  const secret = (verb: string, args: readonly string[] = [], stdin = '', env = {}) => command(at, ['app', 'secret', verb, 'demo', ...args], { stdin, env });
  return {
    at,
    secret,
    list: async () => (JSON.parse((await secret('list', ['--json'])).stdout) as { items: { id: string; inUse: boolean }[] }).items,
    /** Wins a token, and says whether that went well. */
    win: async () => (await manage(at, 'POST', 'connections/front-desk/refresh')).status,
  };
}

describe('trunkline app secret', () => {
  test('a secret is rolled without a gap: the newer one before RingCentral takes it, then in its place; the older one is removed', async () => {
    const { at, secret, list, win } = await started();

    const added = await secret('add', [], `${NEWER}\n`);
    const rolling = await list();
    const meanwhile = await win();
    const asked = (await tokenRequests(at)).length;
    const after = await list();
    const removed = await secret('remove', [after.find(({ inUse }) => !inUse)?.id ?? '']);

    expect(added).toMatchObject({ status: 0, stdout: expect.stringMatching(/^App "demo" has client secret \S+, which is presented first/) });
    expect(rolling).toHaveLength(2);
    expect(meanwhile).toBe(200);
    expect(asked).toBeGreaterThanOrEqual(2);
    expect(after.map(({ inUse }) => inUse)).toEqual([false, true]);
    expect(removed).toMatchObject({ status: 0, stdout: `Removed client secret ${after[0]?.id} of App "demo".\n` });
    expect(await list()).toHaveLength(1);
    expect(JSON.stringify([added, rolling, after, removed])).not.toMatch(new RegExp(`${NEWER}|${RIGHT}`));
  });

  test('it comes from the variable or standard input; nothing, an App and an id that are not there, and the last one are one line each', async () => {
    const { secret, list } = await started();

    const fromVariable = await secret('add', ['--json'], '', { TRUNKLINE_SECRET: NEWER });
    const nothing = await secret('add');
    const noId = await secret('remove', ['nowhere']);
    const table = await secret('list');

    expect(JSON.parse(fromVariable.stdout)).toMatchObject({ id: expect.any(String) });
    expect(nothing).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^trunkline: The newer client secret is missing[^\n]*TRUNKLINE_SECRET[^\n]*\n$/),
    });
    expect(noId).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^trunkline: [^\n]*nowhere[^\n]*\n$/) });
    expect(table.stdout.split('\n')[0]).toMatch(/^id +createdAt +inUse/);
    expect(await list()).toHaveLength(2);
    expect(JSON.stringify([fromVariable, nothing, noId, table])).not.toMatch(new RegExp(`${NEWER}|${RIGHT}`));
  });
});
