import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

// Linux counts a process's time in these, whatever its kernel's own tick is.
const TICKS_PER_SECOND = 100;
const CAN_PIN = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;
/** The server has a core of its own, the load another, where there are two and `taskset`. */
export const CORES = CAN_PIN ? { server: 1, load: 0 } : undefined;

/** Starts a script of this folder as a process of its own. @returns when it has said that it is ready */
export async function start(script, args, core) {
  const child = fork(fileURLToPath(new URL(`../${script}`, import.meta.url)), args.map(String), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  if (core !== undefined) pin(child.pid, core);
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`)))]);
  return { child, said };
}

/** Ends it, and waits until it has. */
export async function end(child) {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Gives a process a core: all threads, those of the garbage collector too. */
export function pin(pid, core) {
  spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
}

/** Processor time of a process so far, in microseconds; nothing where there is no /proc. */
export function cpuMicroseconds(pid) {
  const stat = fileOf(pid, 'stat');
  // The second field, the name, may hold blanks; after it the 12th and 13th are user and system time.
  const [, , , , , , , , , , , user, system] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return stat && ((Number(user) + Number(system)) / TICKS_PER_SECOND) * 1e6;
}

/** Memory of a process in MiB, now (`VmRSS`) or at its most (`VmHWM`); nothing where there is no /proc. */
export function memoryMiB(pid, field = 'VmRSS') {
  const [, kib] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(fileOf(pid, 'status') ?? '') ?? [];
  return kib && Number(kib) / 1024;
}

function fileOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** A port that is free at this moment. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Forgets what a process had at its most (`VmHWM`), as far as the kernel lets. */
export function forgetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // What it had before then counts too.
  }
}
