// Runs before every command and before `npm test`, when node_modules may not exist: it uses nothing but Node.
// Installs when the lockfile changed since the last install, builds when a source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const installStamp = join(root, 'node_modules', '.trunkline-install');
const buildStamp = join(root, 'dist', '.trunkline-build');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Trunkline needs Node 20.19 or newer; this is ${process.version}.`);
}

const lockfile = hashOf([join(root, 'package-lock.json')]) + process.versions.modules;
if (read(installStamp) !== lockfile) {
  say('installing dependencies (a minute on first use; SQLite may be compiled) …');
  // NODE_ENV=production would leave out the compiler, so the dev dependencies are asked for by name.
  run('npm', ['ci', '--include=dev', '--no-audit', '--loglevel=error']);
  writeFileSync(installStamp, lockfile);
}

const sources = hashOf(filesBelow(join(root, 'src')).concat(join(root, 'tsconfig.json'), join(root, 'tsconfig.build.json')));
if (read(buildStamp) !== sources) {
  say('building …');
  run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(buildStamp, sources);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : join(folder, entry.name)))
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
}

function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: false });
  if (done.status !== 0) fail(`"${[command, ...args].join(' ')}" failed; its output is above.`);
}

function say(text) {
  process.stderr.write(`trunkline: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
