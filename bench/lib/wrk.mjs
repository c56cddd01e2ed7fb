import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Whether the load generator that costs least is installed: it shares its core with the upstream. */
export const HAS_WRK = spawnSync('wrk', ['--version']).error === undefined;

const UNITS = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/** Makes load with wrk, from one thread. @returns requests, req/s, latency in ms, and how many were not answered with 2xx */
export async function load({ url, headers = {}, bodyBytes = 0, connections, seconds, core, scratch }) {
  const script = bodyBytes > 0 ? scriptOf(scratch, bodyBytes) : undefined;
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '20s', ...(script ? ['-s', script] : [])];
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
  const [command, all] = core === undefined ? ['wrk', args] : ['taskset', ['-c', String(core), 'wrk', ...args]];
  const child = spawn(command, [...all, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return readReport(printed);
}

function scriptOf(scratch, bodyBytes) {
  const file = join(mkdtempSync(join(scratch, 'wrk-')), 'post.lua');
  writeFileSync(file, `wrk.method = "POST"\nwrk.body = string.rep("x", ${bodyBytes})\nwrk.headers["Content-Type"] = "application/octet-stream"\n`);
  return file;
}

function readReport(printed) {
  const number = (pattern) => Number(pattern.exec(printed)?.[1] ?? 0);
  const latency = (share) => {
    const [, value, unit] = new RegExp(`\\n\\s+${share}%\\s+([\\d.]+)(us|ms|s|m)`).exec(printed) ?? [];
    return value === undefined ? Number.NaN : Number(value) * UNITS[unit];
  };
  const [, ...socketErrors] = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(printed) ?? [];
  return {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50: latency(50),
    p99: latency(99),
    bad: number(/Non-2xx or 3xx responses: (\d+)/) + socketErrors.reduce((sum, count) => sum + Number(count), 0),
  };
}
