import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { command, control, type Place, place, run, runUntil } from './trunkline.ts';

const EXAMPLE = fileURLToPath(new URL('../../docs/sandbox-scenario.yaml', import.meta.url));

const API = `
openapi: 3.0.3
paths:
  /restapi/v1.0/weather:
    get:
      x-throttling-group: Light
      responses: { '200': { content: { application/json: { schema: { type: object, properties: { sky: { type: string, enum: [Blue] } } } } } } }
`;

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

  test('--openapi: what the file describes is answered', async () => {
    const at = await place();
    writeFileSync(join(at.folder, 'api.yml'), API);
    await runUntil('The sandbox answers', at, ['sandbox', '--openapi', 'api.yml']);

    const answer = await fetch(`${at.sandbox}/restapi/v1.0/weather`);

    expect([answer.status, await answer.json()]).toEqual([200, { sky: 'Blue' }]);
  });

  test('--openapi with a file that is none: one line that says what to do, exit status 1', async () => {
    const at = await place();
    writeFileSync(join(at.folder, 'api.yml'), 'hello');

    const { status, stderr } = await command(at, ['sandbox', '--openapi', 'api.yml']);

    expect(status).toBe(1);
    expect(stderr).toBe(
      'trunkline: api.yml cannot be used: it is not an OpenAPI file: it has no "openapi: 3…" at its top; name RingCentral\'s own file, as its API reference offers it, in YAML or JSON.\n',
    );
  });

  test('calibrate without an account, and with one that is not good: one line, exit status 1, no secret', async () => {
    const at = await place();
    await runUntil('The sandbox answers', at, ['sandbox']);
    const env = { RC_SERVER_URL: at.sandbox, RC_APP_CLIENT_ID: 'YourAppKey', RC_APP_CLIENT_SECRET: 'YourAppSecret', RC_USER_JWT: 'not-a-jwt-5550100' };

    const none = await command(at, ['sandbox', 'calibrate']);
    const refused = await command(at, ['sandbox', 'calibrate', '--sandbox-profile', 'strict', '--json'], { env });

    expect([none.status, none.stderr]).toEqual([
      1,
      'trunkline: No account is named; set RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET (unless the App is public) and RC_USER_JWT.\n',
    ]);
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('The account cannot be asked: the sign-in with the JWT was refused: 400 invalid_grant OAU-140.');
    expect(refused.stderr).not.toContain('not-a-jwt-5550100');
    expect((await control(at, 'state')).sessions).toEqual([]);
  });
});

async function finished(at: Place, args: readonly string[]): Promise<{ readonly status: unknown; readonly output: string }> {
  const running = run(at, args);
  const status = await running.ended;
  return { status, output: running.output() };
}
