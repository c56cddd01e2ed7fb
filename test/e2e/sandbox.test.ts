import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Place, place, run, runUntil } from './trunkline.ts';

const EXAMPLE = fileURLToPath(new URL('../../docs/sandbox-scenario.yaml', import.meta.url));

describe('trunkline sandbox', () => {
  test('says where it answers, where its console is, an App to begin with, and that it is not for production', async () => {
    const at = await place();

    const { output } = await runUntil('Ctrl-C stops it.', at, ['sandbox']);

    for (const told of [`${at.sandbox}.`, 'not for production', `${at.sandbox}/_sandbox/console`, 'YourAppKey']) expect(output()).toContain(told);
    expect(output()).not.toContain('YourAppSecret');
    expect((await fetch(`${at.sandbox}/_sandbox/console`)).status).toBe(200);
  });

  test('--help names every option of the sandbox', async () => {
    const { status, output } = await finished(await place(), ['sandbox', '--help']);

    expect(status).toBe(0);
    for (const flag of ['--sandbox-listen', '--sandbox-file', '--sandbox-profile', '--scenario', '--tls', '--allow-non-loopback', '--check', 'scenario-schema'])
      expect(output).toContain(flag);
  });

  test('--tls speaks https, and the file it names is all that a program needs to trust it', async () => {
    const at = await place();

    const { output } = await runUntil('Ctrl-C stops it.', at, ['sandbox', '--tls']);
    const ca = readFileSync(join(at.folder, 'data', 'sandbox-tls', 'ca.pem'), 'utf8');
    const status = await new Promise((resolve, reject) => {
      const asking = request(`${at.sandbox.replace('http:', 'https:')}/restapi`, { ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asking.on('error', reject);
      asking.end();
    });

    expect(status).toBe(200);
    for (const told of ['https://127.0.0.1:', 'NODE_EXTRA_CA_CERTS=data/sandbox-tls/ca.pem', 'curl --cacert data/sandbox-tls/ca.pem'])
      expect(output()).toContain(told);
  });

  test('--scenario starts it as the file says; the variable does the same', async () => {
    const at = await place();
    writeFileSync(join(at.folder, 'own.yaml'), 'apps: [{ clientId: OnlyApp, permissions: [RingOut] }]\n');

    const flag = await runUntil('Ctrl-C stops it.', at, ['sandbox', '--scenario', 'own.yaml']);
    await flag.stop();
    const variable = await runUntil('Ctrl-C stops it.', at, ['sandbox'], { TRUNKLINE_SANDBOX_SCENARIO: 'own.yaml' });

    expect(flag.output()).toContain('OnlyApp');
    expect(variable.output()).toContain('OnlyApp');
  });

  test('a scenario that is wrong is said with line and column, all at once, and nothing starts', async () => {
    const at = await place();
    writeFileSync(join(at.folder, 'wrong.yaml'), 'apps:\n  - clientId: 5\nfault: []\n');

    const { status, output } = await finished(at, ['sandbox', '--scenario', 'wrong.yaml']);

    expect(status).toBe(1);
    expect(output).toContain('wrong.yaml:2:5: apps[0].clientId must be string; put it in quotes');
    expect(output).toContain('wrong.yaml:2:5: apps[0].permissions is missing; add it');
    expect(output).toContain('wrong.yaml:3:1: fault is not known');
    expect(output).not.toMatch(/^\s+at /m);
  });

  test('--check only looks', async () => {
    const at = await place();

    const good = await finished(at, ['sandbox', '--scenario', EXAMPLE, '--check']);
    const nothing = await finished(at, ['sandbox', '--check']);
    const absent = await finished(at, ['sandbox', '--scenario', 'absent.yaml', '--check']);

    expect([good.status, nothing.status, absent.status]).toEqual([0, 1, 1]);
    expect(good.output).toMatch(/is good: \d+ apps, \d+ accounts, \d+ users, 1 JWT credential, 1 fault, 2 latencies\./);
    expect(nothing.output).toContain('name it with --scenario FILE');
    expect(absent.output).toContain('absent.yaml: there is no such file');
  });

  test('scenario-schema prints a JSON Schema', async () => {
    const { status, output } = await finished(await place(), ['sandbox', 'scenario-schema']);

    expect(status).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
  });

  test('64: listens beyond this machine with --allow-non-loopback only', async () => {
    const at = await place();
    const { port } = new URL(at.sandbox);

    const refused = await finished(at, ['sandbox', '--sandbox-listen', `0.0.0.0:${port}`]);
    const allowed = await runUntil('Ctrl-C stops it.', at, ['sandbox', '--sandbox-listen', `0.0.0.0:${port}`, '--allow-non-loopback']);

    expect(refused.status).toBe(1);
    expect(refused.output).toContain('--allow-non-loopback');
    expect((await fetch(`${at.sandbox}/restapi`)).status).toBe(200);
    expect(allowed.output()).toContain(`http://127.0.0.1:${port}/_sandbox/console`);
  });
});

async function finished(at: Place, args: readonly string[]): Promise<{ readonly status: unknown; readonly output: string }> {
  const running = run(at, args);
  const status = await running.ended;
  return { status, output: running.output() };
}
