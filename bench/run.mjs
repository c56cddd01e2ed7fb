// `npm run bench`: installs the other servers where that has not been done, and measures all.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SCRIPTS = [
  'token.mjs',
  'memory.mjs',
  'start.mjs',
  'storage.mjs',
  'forecast.mjs',
  'round.mjs',
  'size.mjs',
  'token-cache.mjs',
  'upstream-client.mjs',
  'proxy.mjs',
  'rotations.mjs',
];
const folder = fileURLToPath(new URL('.', import.meta.url));
let missed = 0;
if (!existsSync(new URL('node_modules', import.meta.url))) run('npm', ['ci', '--no-audit', '--loglevel=error']);
for (const script of SCRIPTS) {
  missed += run(process.execPath, [script]);
  console.log();
}
process.exitCode = missed === 0 ? 0 : 1;

function run(command, args) {
  return spawnSync(command, args, { cwd: folder, stdio: 'inherit' }).status ?? 1;
}
