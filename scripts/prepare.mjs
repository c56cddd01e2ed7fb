// Runs before every command and before `npm test`, when node_modules may not exist: it uses nothing but Node.
// Installs when the lockfile changed since the last install, builds when a source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const installStamp = join(root, 'node_modules', '.trunkline-install');
const buildStamp = join(root, 'dist', '.trunkline-build');
const turn = join(root, '.trunkline-prepare');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Trunkline needs Node 20.19 or newer; this is ${process.version}.`);
}

const lockfile = hashOf([join(root, 'package-lock.json')]) + process.versions.modules;
const sources = hashOf(filesBelow(join(root, 'src')).concat(join(root, 'tsconfig.json'), join(root, 'tsconfig.build.json')));

// Two commands that are started together on a fresh clone must not install over each other.
if (!isInstalled() || !isBuilt()) alone(prepare);

function isInstalled() {
  return read(installStamp) === lockfile;
}

function isBuilt() {
  return read(buildStamp) === sources;
}

function prepare() {
  if (!isInstalled()) {
    say('installing dependencies (a minute on first use; SQLite may be compiled) …');
    // NODE_ENV=production would leave out the compiler, so the dev dependencies are asked for by name.
    run('npm', ['ci', '--include=dev', '--no-audit', '--loglevel=error']);
    writeFileSync(installStamp, lockfile);
  }
  if (!isBuilt()) {
    say('building …');
    run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(buildStamp, sources);
  }
}

/** Runs it while no other process of this folder does; one that was killed in the middle is not waited for. */
function alone(work) {
  while (!took(turn)) {
    if (isOver(turn)) rmSync(turn, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  }
  process.once('exit', () => rmSync(turn, { recursive: true, force: true }));
  work();
}

function took(folder) {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function isOver(folder) {
  const pid = Number(read(join(folder, 'pid')));
  // One that has just begun has not said yet who it is.
  if (!pid) return existsSync(folder) && Date.now() - statSync(folder).mtimeMs > 5_000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
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
