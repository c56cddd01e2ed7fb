import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as streamText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
// A start takes under a second here; a machine that is busy with other tests gets more.
const START_TIMEOUT_MS = 60_000;

/** A process of the built program, and all it has printed. */
export interface RunningTrunkline {
  readonly process: ChildProcess;
  /** stdout and stderr, in the order they came. */
  output(): string;
  /** Resolves with the exit status when the process has ended; `SIGKILL` and the like where a signal ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** A folder of its own and addresses of its own for one test. */
export interface Place {
  readonly folder: string;
  readonly gateway: string;
  readonly sandbox: string;
  readonly env: Readonly<Record<string, string>>;
}

export const ADMIN_TOKEN = 'admin-token-for-tests-0123456789';

export async function place(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [first, second] = await freePorts(2);
  return {
    folder,
    gateway: `http://127.0.0.1:${first}`,
    sandbox: `http://127.0.0.1:${second}`,
    env: { TRUNKLINE_LISTEN: `127.0.0.1:${first}`, TRUNKLINE_SANDBOX_LISTEN: `127.0.0.1:${second}`, TRUNKLINE_ADMIN_TOKEN: ADMIN_TOKEN },
  };
}

/** Starts a command in the place; it is killed when the test ends. */
export function run(at: Place, args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningTrunkline {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: at.folder,
    env: { PATH: process.env.PATH, ...at.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals | null);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    process: child,
    output: () => printed,
    ended,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts a command and waits until it has printed `text`. */
export async function runUntil(text: string, at: Place, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunningTrunkline> {
  const running = run(at, args, env);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!running.output().includes(text)) {
    if (running.process.exitCode !== null || Date.now() > deadline) throw new Error(`no "${text}" from ${args.join(' ')}:\n${running.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return running;
}

export async function text(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  return response.text();
}

/** A request to the management API. */
export async function manage(
  at: Place,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown>; text: string }> {
  const response = await fetch(`${at.gateway}/trunkline/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  return { status: response.status, body: answer ? (JSON.parse(answer) as Record<string, unknown>) : {}, text: answer };
}

/** A control of the sandbox. */
export async function control(at: Place, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${at.sandbox}/_sandbox/${path}`, {
    ...(body !== undefined && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const answer = await response.text();
  return answer ? (JSON.parse(answer) as Record<string, unknown>) : {};
}

/** The grant types of the token requests that the sandbox has seen. */
export async function tokenRequests(at: Place): Promise<string[]> {
  const { requests } = await control(at, 'requests?path=/restapi/oauth/token');
  return (requests as { grantType: string }[]).map(({ grantType }) => grantType);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Runs a command to its end. */
export async function command(
  at: Place,
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: at.folder, env: { PATH: process.env.PATH, ...at.env, ...env }, stdio: 'pipe' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  // A command that does not read its input may have ended by now.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [stdout, stderr, [status]] = await Promise.all([streamText(child.stdout), streamText(child.stderr), once(child, 'close')]);
  return { status: status as number | null, stdout, stderr };
}
