import { describe, expect, test } from 'vitest';
import { command, control, manage, type Place, place, runUntil, text } from '../e2e/trunkline.ts';
import { emptyDatabase } from '../postgres/databases.ts';
import { until } from '../until.ts';

// docs/operations.md: everywhere within a second.
const BOUND_MS = 1_000;
const LOGIN = { username: '18889363711', extension: '101', password: '1234' };
const LIST = `ringout.asp?cmd=list&${new URLSearchParams({ username: LOGIN.username, ext: LOGIN.extension, password: LOGIN.password })}`;
const UNAVAILABLE = 'FAILED Service Unavailable';

const DATABASES: readonly (readonly [string, () => Promise<string | undefined>])[] = [
  ['SQLite file', async () => undefined],
  ['PostgreSQL database', emptyDatabase],
];

describe.each(DATABASES)('two gateways on one %s', (_name, database) => {
  test('22: frozen on one, refused by the other within a second: a Connection, a Client, an App, everything; a removed Client too', async () => {
    const { a, b, token, env } = await gateways(await database());
    const answers: [string, number, string][] = [];

    for (const thing of ['connections/front-desk', 'clients/crm', 'apps/demo', '']) {
      const verb = (what: string) => (thing === '' ? what : `${thing}/${what}`);
      await until(async () => (await token(b)).status === 200);
      await manage(a, 'POST', verb('freeze'), { reason: 'a test' });
      const tookMs = await msUntil(async () => (await token(b)).code === 'frozen');
      const legacy = await text(`${b.gateway}/${LIST}`);
      await manage(a, 'POST', verb('thaw'));
      answers.push([thing, tookMs, legacy]);
    }
    await manage(a, 'POST', 'connections/front-desk/freeze');
    const cli = await command(a, ['token', 'front-desk', ...(env.TRUNKLINE_DATABASE ? ['--database', env.TRUNKLINE_DATABASE] : [])]);
    await manage(a, 'POST', 'connections/front-desk/thaw');
    await until(async () => (await token(b)).status === 200);
    await manage(a, 'DELETE', 'clients/crm');
    const removedMs = await msUntil(async () => (await token(b)).code === 'client_unknown');

    console.log(`refused after ${answers.map(([thing, tookMs]) => `${thing || 'everything'} ${tookMs} ms`).join(', ')}; removed ${removedMs} ms`);
    expect(answers.map(([thing, tookMs, legacy]) => [thing, tookMs < BOUND_MS, legacy])).toEqual(answers.map(([thing]) => [thing, true, UNAVAILABLE]));
    expect(removedMs).toBeLessThan(BOUND_MS);
    expect([cli.status, cli.stdout]).toEqual([1, '']);
    expect(cli.stderr).toMatch(/^trunkline: Connection "front-desk" is frozen until an operator ends that/);
  }, 120_000);
});

test('one command stops everything, doctor says it, and one command ends it', async () => {
  const { a, token } = await gateways(undefined);

  const stop = await command(a, ['app', 'freeze', '--all', '--reason', 'a drill']);
  const meanwhile = await token(a);
  const doctor = await command(a, ['doctor']);
  const both = await command(a, ['app', 'freeze', 'demo', '--all']);
  const go = await command(a, ['app', 'thaw', '--all']);
  const after = await token(a);

  expect([stop.status, meanwhile.code, both.status, go.status, after.status]).toEqual([0, 'frozen', 1, 0, 200]);
  expect(stop.stdout).toMatch(/^Everything is frozen since 20.*`trunkline app thaw --all` ends that\.\n$/);
  expect(doctor.stdout).toMatch(/^warn freezes: Everything is frozen since \S+, by admin \(a drill\); `trunkline app thaw --all` ends that$/m);
}, 120_000);

/** How long it took until the condition held. */
async function msUntil(condition: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  await until(condition, 10);
  return Math.round(performance.now() - started);
}

/** A sandbox and two gateways on one database, each a process of its own, with a Connection and a Client of it. */
async function gateways(databaseUrl: string | undefined) {
  const a = await place();
  const second = await place();
  const b: Place = { ...second, folder: a.folder, sandbox: a.sandbox, env: { ...a.env, TRUNKLINE_LISTEN: second.env.TRUNKLINE_LISTEN ?? '' } };
  const env = { TRUNKLINE_LOG_LEVEL: 'error', ...(databaseUrl !== undefined && { TRUNKLINE_DATABASE: databaseUrl }) };
  await runUntil('sandbox', a, ['sandbox']);
  await control(a, 'limits', { scale: 0 });
  for (const node of [a, b]) await runUntil('Trunkline is ready.', node, ['serve'], env);
  await manage(a, 'POST', 'apps', { name: 'demo', platformOrigin: a.sandbox, clientId: 'YourAppKey', clientSecret: 'YourAppSecret' });
  await manage(a, 'POST', 'connections', { name: 'front-desk', app: 'demo', credentials: [{ kind: 'password', ...LOGIN }] });
  const client = { name: 'crm', connections: ['front-desk'], legacyLogins: [{ ...LOGIN, connection: 'front-desk' }] };
  const { body } = await manage(a, 'POST', 'clients', client);
  const token = async (node: Place): Promise<{ status: number; code: unknown }> => {
    const response = await fetch(`${node.gateway}/trunkline/api/connections/front-desk/token`, { headers: { authorization: `Bearer ${body.key}` } });
    return { status: response.status, code: ((await response.json()) as { code?: unknown }).code };
  };
  return { a, b, token, env: env as { readonly TRUNKLINE_DATABASE?: string } };
}
