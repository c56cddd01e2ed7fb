import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
// What a library for tests must not bring along: the gateway's server, its database layer, its log.
const NOT_LOADED = ['fastify', 'kysely', 'pino', 'prom-client', 'commander', 'argon2', 'yaml', 'x509', 'reflect-metadata'];

let folder = '';

// The package as npm would publish it, unpacked where another project has it; what it needs is linked, not fetched.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-package-'));
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
  const [archive] = readdirSync(folder);
  if (packed.status !== 0 || archive === undefined) throw new Error(packed.stderr);
  const modules = join(folder, 'project', 'node_modules');
  mkdirSync(join(modules, 'trunkline'), { recursive: true });
  const unpacked = spawnSync('tar', ['-xzf', join(folder, archive), '--strip-components=1', '-C', join(modules, 'trunkline')], { encoding: 'utf8' });
  if (unpacked.status !== 0) throw new Error(unpacked.stderr);
  symlinkSync(join(root, 'node_modules'), join(modules, 'trunkline', 'node_modules'));
  mkdirSync(join(modules, '@types'));
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'));
  symlinkSync(join(root, 'node_modules', 'undici-types'), join(modules, 'undici-types'));
  writeFileSync(join(folder, 'project', 'package.json'), '{"type": "module"}');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("import { startSandbox } from 'trunkline/sandbox'", () => {
  test('starts a sandbox in plain Node, with its console, a scenario and TLS', () => {
    const { status, stdout, stderr } = node(
      'program.mjs',
      `import { ScenarioWrong, startSandbox } from 'trunkline/sandbox';
       const sandbox = await startSandbox();
       const statuses = [];
       for (const path of ['/restapi', '/_sandbox/console', '/_sandbox/console/main.js']) statuses.push((await fetch(sandbox.origin + path)).status);
       await sandbox.close();
       const own = await startSandbox({ scenario: { apps: [{ clientId: 'a', permissions: [] }] }, tls: true });
       const wrong = await startSandbox({ scenario: { apps: [{}] } }).catch((error) => error instanceof ScenarioWrong);
       console.log(JSON.stringify([statuses, own.state().apps.length, own.ca.includes('CERTIFICATE'), wrong]));
       await own.close();`,
    );

    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual([[200, 200, 200], 1, true, true]);
  });

  test('loads nothing of the gateway, nor what only a scenario or TLS needs', () => {
    const { stdout } = node(
      'loaded.mjs',
      `import { register } from 'node:module';
       import { MessageChannel } from 'node:worker_threads';
       const { port1, port2 } = new MessageChannel();
       const loaded = [];
       port1.on('message', (url) => loaded.push(url));
       port1.unref();
       register('data:text/javascript,' + encodeURIComponent(\`let port;
         export const initialize = (data) => { port = data.port; };
         export const load = (url, context, next) => { port.postMessage(url); return next(url, context); };\`), { data: { port: port2 }, transferList: [port2] });
       const { startSandbox } = await import('trunkline/sandbox');
       await (await startSandbox()).close();
       await new Promise((resolve) => setTimeout(resolve, 50));
       console.log(JSON.stringify(loaded));`,
    );

    const loaded = JSON.parse(stdout) as string[];

    expect(loaded.filter((url) => url.includes('/sandbox/')).length).toBeGreaterThan(20);
    expect(loaded.filter((url) => NOT_LOADED.some((name) => url.includes(`/node_modules/${name}`) || url.includes(`/${name}/`)))).toEqual([]);
    expect(loaded.filter((url) => /\/dist\/(?!sandbox\/|ringcentral\/facts\/|runtime\/)/.test(url))).toEqual([]);
  });

  test('has types by which a program is checked', () => {
    const program = `import { type Sandbox, type Scenario, startSandbox } from 'trunkline/sandbox';
      const scenario: Scenario = { extends: 'demo', rules: { grace: 'off' }, apps: [{ clientId: 'a', permissions: ['RingOut'] }] };
      const sandbox: Sandbox = await startSandbox({ scenario, tls: { names: ['platform.test'] } });
      const ca: string | undefined = sandbox.ca;
      const jwt: string = await sandbox.jwtOf('nightly');
      // @ts-expect-error there is no such rule
      const wrong: Scenario = { rules: { gracious: 'off' } };
      export { ca, jwt, wrong };`;
    writeFileSync(join(folder, 'project', 'program.ts'), program);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];

    const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, 'program.ts'], { cwd: join(folder, 'project'), encoding: 'utf8' });

    expect([status, stdout]).toEqual([0, '']);
  }, 120_000);

  test('nothing but that is open to programs', () => {
    const { stdout } = node('closed.mjs', "await import('trunkline/dist/main.js').catch(({ code }) => console.log(code));");

    expect(stdout.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

function node(name: string, program: string) {
  const path = join(folder, 'project', name);
  writeFileSync(path, program);
  return spawnSync(process.execPath, [path], { cwd: join(folder, 'project'), encoding: 'utf8' });
}
