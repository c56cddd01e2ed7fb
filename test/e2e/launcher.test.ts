import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../bin/trunkline.mjs', import.meta.url));
const MAIN = 'process.stdout.write(process.argv.slice(2).join(" "));';

describe('bin/trunkline.mjs', () => {
  test('in a clone that is not built, it builds first; stdout is the command alone', () => {
    const { folder, launcher } = clone();
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(
      join(folder, 'scripts/prepare.mjs'),
      `import { mkdirSync, writeFileSync } from 'node:fs';
      const dist = new URL('../dist/', import.meta.url);
      process.stderr.write('building');
      mkdirSync(dist);
      writeFileSync(new URL('main.js', dist), ${JSON.stringify(MAIN)});`,
    );

    const { stdout, stderr, status } = spawnSync(process.execPath, [launcher, 'token', 'front-desk'], { encoding: 'utf8' });

    expect({ stdout, stderr, status }).toEqual({ stdout: 'token front-desk', stderr: 'building', status: 0 });
  });

  test('in the published package, which has no scripts, it starts what is there', () => {
    const { folder, launcher } = clone();
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/main.js'), MAIN);
    symlinkSync(launcher, join(folder, 'trunkline'));

    expect(execFileSync(process.execPath, [join(folder, 'trunkline'), '--help'], { encoding: 'utf8' })).toBe('--help');
  });

  test('a signal reaches the command itself', async () => {
    const { folder, launcher } = clone();
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/main.js'), 'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); process.stdout.write("ready");');
    const child = spawn(process.execPath, [launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');

    child.kill('SIGTERM');

    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('the one of this clone leads to the program', () => {
    expect(execFileSync(process.execPath, [LAUNCHER, '--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

function clone(): { folder: string; launcher: string } {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-launcher-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  const launcher = join(folder, 'bin/trunkline.mjs');
  cpSync(LAUNCHER, launcher);
  return { folder, launcher };
}
