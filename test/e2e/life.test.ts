import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { until } from '../until.ts';
import { control, manage, type Place, place, run, runUntil, text } from './trunkline.ts';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

const LIST = '/ringout.asp?cmd=list&username=18889363711&ext=101&password=1234';

describe('trunkline start', () => {
  test("prints the address, where the admin token lies, the sandbox's console, and a curl that works", async () => {
    const at = await place();

    const running = await runUntil('Ctrl-C stops both.', at, ['start'], { TRUNKLINE_ADMIN_TOKEN: '' });
    const [, url] = /curl '([^']+)'/.exec(running.output()) ?? [];
    const token = readFileSync(join(at.folder, 'data/admin.token'), 'utf8').trim();

    expect(running.output()).toContain(at.gateway);
    expect(running.output()).toContain('data/admin.token');
    expect(running.output()).toContain(`${at.sandbox}/_sandbox/console`);
    expect(await text(url ?? '')).toMatch(/^OK 6505553711;Home;/);
    expect(statSync(join(at.folder, 'data/admin.token')).mode & 0o777).toBe(0o600);
    expect(statSync(join(at.folder, 'data/vault.key')).mode & 0o777).toBe(0o600);
    expect((await fetch(`${at.gateway}/trunkline/api/apps`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops both processes, with exit status 0, and a second start reuses the data', async (signal) => {
    const at = await place();
    const first = await runUntil('Ctrl-C stops both.', at, ['start']);
    await manage(at, 'POST', 'apps', { name: 'kept', platformOrigin: at.sandbox, clientId: 'YourAppKey' });

    const status = await first.stop(signal);
    const refused = await Promise.allSettled([fetch(at.gateway), fetch(at.sandbox)]);
    const second = await runUntil('Ctrl-C stops both.', at, ['start']);

    expect(status).toBe(0);
    expect(refused.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect((await manage(at, 'GET', 'apps/kept')).status).toBe(200);
    expect(await text(`${at.gateway}${LIST}`)).toMatch(/^OK /);
    expect(second.output()).not.toContain('vault.key_made');
  });

  test('whoever finds it answering may use the demo at once', async () => {
    const at = await place();
    run(at, ['start']);
    while (!(await fetch(`${at.gateway}/healthz`).catch(() => undefined))?.ok) await delay(1);

    const answer = await fetch(at.gateway + LIST);

    expect(await answer.text()).toMatch(/^OK 6505553711;Home/);
  });

  test('a connection that nobody uses, and one with half a request, do not keep it from ending', async () => {
    const at = await place();
    const running = await runUntil('Trunkline is ready.', at, ['serve']);
    const { port, hostname } = new URL(at.gateway);
    const sockets = ['', 'GET /healthz HT', 'POST /trunkline/api/apps HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{'].map((start) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined).write(start);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const started = Date.now();

    const status = await running.stop();

    expect(status).toBe(0);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test('the sandbox does not outlive a gateway that was killed', async () => {
    const at = await place();
    const running = await runUntil('Ctrl-C stops both.', at, ['start']);

    await running.stop('SIGKILL');
    await until(async () => !(await answers(at.sandbox)));

    expect(await answers(at.sandbox)).toBe(false);
  });

  test('S8: a real App does not stand beside the demo data until that is removed, and then no sandbox is started', async () => {
    const at = await place();
    const first = await runUntil('Ctrl-C stops both.', at, ['start']);
    const refused = await manage(at, 'POST', 'apps', { name: 'real', platformOrigin: 'https://platform.ringcentral.com', clientId: 'id' });
    await first.stop();
    const real = { RC_APP_CLIENT_ID: 'my-app', RC_APP_CLIENT_SECRET: 'my-secret' };

    const stopped = run(at, ['start'], real);
    const status = await stopped.ended;
    const second = await runUntil('Ctrl-C stops it.', at, ['start', '--remove-demo'], real);

    expect(refused).toMatchObject({ status: 409, body: { code: 'demo_present' } });
    expect(status).toBe(1);
    expect(stopped.output()).toContain('--remove-demo');
    expect(second.output()).not.toContain(at.sandbox);
    expect(await answers(at.sandbox)).toBe(false);
    expect((await manage(at, 'GET', 'apps')).body).toMatchObject({ items: [{ name: 'ringcentral', platformOrigin: 'https://platform.ringcentral.com' }] });
    expect((await manage(at, 'GET', 'clients')).body).toEqual({ items: [] });
    expect(await text(`${at.gateway}${LIST}`)).toBe('FAILED Invalid User or Password');
  });

  test('an App whose client id changed in the environment is brought up to date', async () => {
    const at = await place();
    const first = await runUntil('Ctrl-C stops it.', at, ['start'], { RC_APP_CLIENT_ID: 'mistyped', RC_APP_CLIENT_SECRET: 'old' });
    await first.stop();

    await runUntil('Ctrl-C stops it.', at, ['start'], { RC_APP_CLIENT_ID: 'my-app', RC_APP_CLIENT_SECRET: 'new' });

    expect((await manage(at, 'GET', 'apps')).body).toMatchObject({ items: [{ name: 'ringcentral', clientId: 'my-app' }] });
  });

  test('a start that cannot have its port has changed nothing', async () => {
    const at = await place();
    const serving = await runUntil('Ctrl-C stops both.', at, ['start']);

    const output = await failing(at, ['start', '--remove-demo'], { RC_APP_CLIENT_ID: 'my-app', RC_APP_CLIENT_SECRET: 'secret' });

    expect(output).toContain('is already in use');
    expect(await text(`${at.gateway}${LIST}`)).toMatch(/^OK /);
    expect(serving.process.exitCode).toBeNull();
  });

  test('--remove-demo without an App of yours is refused before anything is made', async () => {
    const at = await place();

    const output = await failing(at, ['start', '--remove-demo']);

    expect(output).toContain('name it with RC_APP_CLIENT_ID');
    expect(existsSync(join(at.folder, 'data'))).toBe(false);
  });
});

describe('trunkline serve and trunkline sandbox', () => {
  test('each runs alone, and stops with exit status 0', async () => {
    const at = await place();

    const sandbox = await runUntil('Ctrl-C stops it.', at, ['sandbox']);
    const gateway = await runUntil('Trunkline is ready.', at, ['serve']);
    const health = await Promise.all(['/healthz', '/readyz'].map(async (path) => (await fetch(at.gateway + path)).status));
    const platform = await control(at, 'state');
    const statuses = [await gateway.stop('SIGINT'), await sandbox.stop('SIGINT')];

    expect(health).toEqual([200, 200]);
    expect(platform).toHaveProperty('apps');
    expect(statuses).toEqual([0, 0]);
  });

  test('the management API can have an address of its own, and then is nowhere else', async () => {
    const at = await place();
    const apart = await place();

    await runUntil('Trunkline is ready.', at, ['serve', '--admin-listen', new URL(apart.gateway).host]);

    expect((await manage(at, 'GET', 'apps')).status).toBe(404);
    expect((await manage(apart, 'GET', 'apps')).status).toBe(200);
    expect(await text(`${at.gateway}${LIST}`)).toBe('FAILED Invalid User or Password');
    expect((await fetch(`${apart.gateway}${LIST}`)).status).toBe(404);
  });
});

describe('a start that cannot succeed', () => {
  test.each([
    ['TRUNKLINE_LISTEN', ['start'], (at: Place) => at.gateway],
    ['TRUNKLINE_LISTEN', ['serve'], (at: Place) => at.gateway],
    ['TRUNKLINE_SANDBOX_LISTEN', ['start'], (at: Place) => at.sandbox],
    ['TRUNKLINE_SANDBOX_LISTEN', ['sandbox'], (at: Place) => at.sandbox],
  ] as const)('the port of %s is taken (%s): one line that says what to do', async (variable, args, which) => {
    const at = await place();
    const { port } = new URL(which(at));
    const other = createServer().listen(Number(port), '127.0.0.1');
    await once(other, 'listening');

    const output = await failing(at, args);
    other.close();

    expect(output).toBe(`trunkline: 127.0.0.1:${port} is already in use; end what uses it, or set ${variable} to another address.\n`);
    if (args[0] !== 'sandbox') expect(existsSync(join(at.folder, 'data'))).toBe(false);
  });

  test.each([['start'], ['serve'], ['sandbox']])('%s cannot write ./data: one line that names it', async (command) => {
    const at = await place();
    writeFileSync(join(at.folder, 'data'), 'a file where a folder should be');

    const output = await failing(at, [command]);

    expect(output).toMatch(/^trunkline: [^\n]*data[^\n]*\n$/);
    expect(output).not.toContain('fault of Trunkline');
  });

  test('S3: a wrong vault key starts nothing and destroys nothing', async () => {
    const at = await place();
    const first = await runUntil('Ctrl-C stops both.', at, ['start']);
    await first.stop();
    const keyFile = join(at.folder, 'data/vault.key');
    const key = readFileSync(keyFile);

    const wrong = await failing(at, ['start'], { TRUNKLINE_VAULT_KEY: Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64') });
    writeFileSync(`${keyFile}.kept`, key, { mode: 0o600 });
    const gone = await failing(at, ['serve'], { TRUNKLINE_VAULT_KEY_FILE: join(at.folder, 'nowhere') });
    await runUntil('Ctrl-C stops both.', at, ['start']);

    expect(wrong).toBe('trunkline: The vault key does not open this database; give the key the database was made with. Nothing was changed.\n');
    expect(gone).toMatch(/^trunkline: The key file \S+nowhere is not there; correct TRUNKLINE_VAULT_KEY_FILE, or put back the one [^\n]+\n$/);
    expect(await text(`${at.gateway}${LIST}`)).toMatch(/^OK /);
  });

  test('all mistakes of the configuration are in one report', async () => {
    const at = await place();

    const output = await failing(at, ['serve', '--country', 'Narnia'], { TRUNKLINE_LISTEN: 'nowhere', TRUNKLINE_DATABASE: 'mysql://canary@db' });

    expect(output).toMatch(/^trunkline: the configuration has 3 mistakes:\n( {2}TRUNKLINE_\w+ [^\n]+\n){3}$/);
    expect(output).not.toContain('canary');
  });

  test('27: an admin token that others may read, or that is too short, starts nothing', async () => {
    const at = await place();
    mkdirSync(join(at.folder, 'data'));
    const file = join(at.folder, 'data/admin.token');
    const none = { TRUNKLINE_ADMIN_TOKEN: '' };

    writeFileSync(file, 'a-token-that-is-long-enough\n', { mode: 0o644 });
    const readable = await failing(at, ['serve'], none);
    chmodSync(file, 0o600);
    writeFileSync(file, 'short\n');
    const short = await failing(at, ['serve'], none);

    expect(readable).toMatch(/chmod 600/);
    expect(short).toMatch(/at least 16 characters/);
    expect(readable + short).not.toMatch(/long-enough|short\n/);
  });

  test('a database file that is none, or a folder', async () => {
    const at = await place();
    mkdirSync(join(at.folder, 'folder'));
    writeFileSync(join(at.folder, 'text'), 'not a database, but long enough to be asked what it is'.repeat(100));

    const outputs = [await failing(at, ['serve', '--database', 'sqlite:folder']), await failing(at, ['serve', '--database', 'sqlite:text'])];

    for (const output of outputs) expect(output).toMatch(/^trunkline: The database cannot be used: [^\n]+\n$/);
  });
});

async function failing(at: Place, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const running = run(at, args, { TRUNKLINE_LOG_LEVEL: 'error', ...env });
  const status = await running.ended;
  if (status !== 1) throw new Error(`ended with ${status}:\n${running.output()}`);
  return running.output();
}

async function answers(origin: string): Promise<boolean> {
  return fetch(`${origin}/restapi`).then(
    () => true,
    () => false,
  );
}
