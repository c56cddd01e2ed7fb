// How long the sandbox's executable takes to its first answer: see README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort, memoryMiB } from './lib/process.mjs';
import { goal, machine, median, table } from './lib/report.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const LIMIT_MS = 500;
const ASKED_EVERY_MS = 2;
const GIVEN_UP_AFTER_MS = 30_000;
const executable = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));

try {
  const kinds = [
    { name: 'first start, a new file', times: [], resident: [], file: (round) => join(scratch, `${round}.db`) },
    { name: 'start again, the same file', times: [], resident: [], file: () => join(scratch, '0.db') },
    { name: '`node` alone, an empty script', times: [], resident: [] },
  ];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const kind of kinds) {
      const { ms, mib } = kind.file ? await timeToFirstAnswer(kind.file(round)) : await timeOfNode();
      kind.times.push(ms);
      if (mib !== undefined) kind.resident.push(mib);
    }
  }
  console.log(`# Start to first answer: ${machine()}\n`);
  table(
    ['', 'ms, median', 'min-max', 'resident MiB'],
    kinds.map(({ name, times, resident }) => [
      name,
      median(times).toFixed(0),
      `${Math.min(...times).toFixed(0)}-${Math.max(...times).toFixed(0)}`,
      median(resident)?.toFixed(0) ?? '-',
    ]),
  );
  console.log();
  goal(`under ${LIMIT_MS} ms: ${median(kinds[0].times).toFixed(0)}`, median(kinds[0].times) < LIMIT_MS);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function timeToFirstAnswer(file) {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, [executable, 'sandbox', '--sandbox-listen', `127.0.0.1:${port}`, '--sandbox-file', file], { stdio: 'ignore' });
  try {
    while (!(await answers(port))) {
      if (performance.now() - started > GIVEN_UP_AFTER_MS || child.exitCode !== null) throw new Error('the sandbox does not answer');
      await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS));
    }
    return { ms: performance.now() - started, mib: memoryMiB(child.pid) };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function timeOfNode() {
  const started = performance.now();
  await once(spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }), 'exit');
  return { ms: performance.now() - started };
}

function answers(port) {
  return new Promise((resolve) => {
    const sent = get({ host: '127.0.0.1', port, path: '/restapi', agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
    sent.on('error', () => resolve(false));
  });
}
