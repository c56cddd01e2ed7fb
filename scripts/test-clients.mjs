// `npm run test:clients`: programs in other languages, each with only its server URL changed, against a gateway and a sandbox. The
// last line is `N passed, N failed`; an interpreter that is missing is named, and nothing runs.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { documentPrograms, pointed } from '../test/clients/documents.mjs';
import { printedPrograms } from '../test/clients/printed.mjs';
import { OLD, startWorld } from '../test/clients/world.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../test/clients', import.meta.url));
const PROGRAM_MS = 60_000;

// Debian's Python has Debian's packages; another one may stand before it in PATH.
const INTERPRETERS = {
  bash: { commands: ['bash'], proof: ['-c', 'command -v curl'], needs: 'curl' },
  python3: { commands: ['python3', '/usr/bin/python3'], proof: ['-c', 'import requests, requests_oauthlib'], needs: 'python3-requests-oauthlib' },
  php: { commands: ['php'], proof: ['-r', 'exit(function_exists("curl_init") ? 0 : 1);'], needs: 'php-cli and php-curl' },
  ruby: { commands: ['ruby'], proof: ['-e', 'require "net/http"'], needs: 'ruby' },
};
// Nobody is asked to install it.
const OPTIONAL = { go: { commands: ['go'], proof: ['version'], arguments: ['run'] } };

const PROGRAMS = [
  { name: 'curl', interpreter: 'bash', file: 'program.sh' },
  { name: 'Python, requests-oauthlib', interpreter: 'python3', file: 'program.py' },
  { name: 'PHP', interpreter: 'php', file: 'program.php' },
  { name: 'Ruby', interpreter: 'ruby', file: 'program.rb' },
];
// The calls that a program places itself come into its call log a minute later.
const PRINTS = [
  'login bearer for 3600 s',
  'extension 102',
  'ring-out InProgress',
  'sms SMS',
  'fax Fax',
  /^call log 1\d{3}$/,
  'refreshed',
  'old token 401, then 200',
  'ringcx account RingForce',
  'logout 200',
  'after logout 401',
];

const tally = { passed: 0, failed: 0 };
const { found, missing } = findInterpreters();
if (missing.length > 0) {
  for (const name of missing) console.log(`missing: ${INTERPRETERS[name].needs}`);
  tally.failed += missing.length;
} else {
  const world = await startWorld();
  try {
    for (const program of PROGRAMS) await check(program.name, () => runProgram(world, program));
    for (const program of printedPrograms(world.recorder.origin, OLD)) await check(program.name, () => runPrinted(world, program));
    for (const program of documentPrograms()) if (found.has(program.interpreter)) await check(program.name, () => runDocumentProgram(world, program));
  } finally {
    await world.close();
  }
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function check(name, work) {
  const started = Date.now();
  const fault = await work().catch((error) => error.message);
  tally[fault === undefined ? 'passed' : 'failed'] += 1;
  console.log(`${fault === undefined ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)${fault === undefined ? '' : `\n  ${fault}`}`);
}

/** @returns what is wrong; nothing where all is well */
async function runProgram(world, { interpreter, file }) {
  const { stdout, stderr } = await run([...found.get(interpreter), join(folder, file)], { ...OLD, RC_SERVER_URL: world.recorder.origin });
  const lines = stdout.trimEnd().split('\n');
  const wrong = PRINTS.findIndex((wanted, index) => (wanted instanceof RegExp ? !wanted.test(lines[index] ?? '') : wanted !== lines[index]));
  if (wrong >= 0) return `line ${wrong + 1} is "${lines[wrong] ?? ''}" and not ${PRINTS[wrong]}\n${stderr}`;
  return leak(world);
}

/** What it prints says whose extension it has reached, or at least that it has signed in. */
async function runPrinted(world, { interpreter, arguments: given }) {
  const { stdout, stderr } = await run([...found.get(interpreter), ...given], {});
  if (!new RegExp(`\\b${OLD.RC_EXTENSION}\\b|"access_token":"tlb_`).test(stdout)) return `it printed: ${stdout}${stderr}`;
  return leak(world);
}

async function runDocumentProgram(world, program) {
  const { origin } = world.recorder;
  const token = await login(origin);
  const place = mkdtempSync(join(tmpdir(), 'trunkline-document-'));
  try {
    const file = join(place, `main.${program.extension}`);
    writeFileSync(file, pointed(program, origin, token));
    const { stdout, stderr } = await run([...found.get(program.interpreter), file], {});
    const accessToken = program.interpreter === 'bash' ? JSON.parse(stdout).accessToken : stdout.trim();
    if (!/^[\w.-]{20,}$/.test(accessToken ?? '')) return `it printed no token: ${stdout}${stderr}`;
    return (await asItGoesOn(origin, token, accessToken)) ?? (await leak(world));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Users and accounts with the token that the program won, then a Refresh, as the document goes on. */
async function asItGoesOn(origin, token, accessToken) {
  const get = async (path, bearer) => (await fetch(`${origin}/voice/api/v1/admin/${path}`, { headers: { authorization: `Bearer ${bearer}` } })).json();
  const [[user], [account]] = [await get('users', accessToken), await get('accounts', accessToken)];
  const first = await form(`${origin}/api/auth/login/rc/accesstoken?includeRefresh=true`, { rcAccessToken: token, rcTokenType: 'Bearer' });
  const second = await form(`${origin}/api/auth/token/refresh`, { refresh_token: first.refreshToken, rcTokenType: 'Bearer' });
  const [again] = await get('accounts', second.accessToken);
  const seen = [typeof user?.userId, account?.accountName, again?.accountName, second.refreshToken !== first.refreshToken].join();
  return seen === 'number,RingForce,RingForce,true' ? undefined : `users, accounts, accounts after a Refresh: ${seen}`;
}

async function login(origin) {
  const basic = Buffer.from(`${OLD.RC_APP_CLIENT_ID}:${OLD.RC_APP_CLIENT_SECRET}`).toString('base64');
  const asked = { grant_type: 'password', username: OLD.RC_USERNAME, extension: OLD.RC_EXTENSION, password: OLD.RC_PASSWORD };
  return (await form(`${origin}/restapi/oauth/token`, asked, { authorization: `Basic ${basic}` })).access_token;
}

async function form(url, fields, headers = {}) {
  return (await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) })).json();
}

// The sandbox's tokens all begin alike; the one that the gateway holds is looked for besides.
async function leak(world) {
  const held = await world.platformToken();
  if (!held?.startsWith('SBX')) return `the gateway holds no token of the sandbox: ${held}`;
  const answered = world.recorder.take();
  if (!answered.includes('tlb_')) return 'no token of ours was handed out';
  return answered.includes(held) || /SBX[A-Z]\w{8}/.test(answered) ? "one of the platform's tokens was seen" : undefined;
}

async function run([command, ...given], env) {
  const child = spawn(command, given, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    // Where the SDKs are.
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PROGRAM_MS,
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr };
}

function findInterpreters() {
  const works = ({ commands, proof, arguments: leading = [] }) => {
    const command = commands.find((one) => spawnSync(one, proof, { stdio: 'ignore' }).status === 0);
    return command === undefined ? undefined : [command, ...leading];
  };
  const found = new Map([['node', [process.execPath]]]);
  for (const [name, interpreter] of Object.entries({ ...INTERPRETERS, ...OPTIONAL })) {
    const command = works(interpreter);
    if (command) found.set(name, command);
  }
  return { found, missing: Object.keys(INTERPRETERS).filter((name) => !found.has(name)) };
}
