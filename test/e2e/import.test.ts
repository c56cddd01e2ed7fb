import { execFileSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { figures } from '../figures.ts';
import { command, manage, type Place, place, runUntil } from './trunkline.ts';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

const CANARY = 'canary-refresh-token-5550102';
// A person at a terminal, as far as the command looks: what they type comes by a pipe.
const AT_TERMINAL = { NODE_OPTIONS: '--import=data:text/javascript,process.stdin.isTTY=true' };
const ROWS = figures(20_000, 100_000);
const GROWTH_MIB = 64;

async function started() {
  const at = await place();
  const gateway = await runUntil('Ctrl-C stops both.', at, ['start']);
  return { at, gateway };
}

function fileOf(at: Place, ...rows: readonly string[]): string {
  const file = join(at.folder, 'tokens.csv');
  writeFileSync(file, ['name,refreshToken,label:team', ...rows, ''].join('\n'));
  return file;
}

async function isThere(at: Place, name: string): Promise<boolean> {
  return (await manage(at, 'GET', `connections/${name}`)).status === 200;
}

describe('trunkline connection import', () => {
  test('stores nothing before somebody has said that the old program has stopped', async () => {
    const { at } = await started();
    const file = fileOf(at, `one,${CANARY},sales`);
    const args = ['connection', 'import', file, '--app', 'demo'];

    const unasked = await command(at, args);
    const refused = [];
    for (const stdin of ['n\n', '\n', 'yesterday\n', '']) refused.push(await command(at, args, { stdin, env: AT_TERMINAL }));
    const dry = await command(at, [...args, '--dry-run']);
    const before = await isThere(at, 'one');
    const agreed = await command(at, args, { stdin: 'y\n', env: AT_TERMINAL });

    expect(unasked).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/single use: .* must stop before .* Say --yes .*--dry-run/) });
    for (const { status, stdout, stderr } of refused) {
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/single use: .* must stop before .*Has it stopped\? \[y\/N\] .*Nothing was imported\./s);
    }
    expect(dry).toMatchObject({ status: 0, stdout: '1 row: 1 would be imported, 0 already imported, 0 with faults.\n' });
    expect([before, await isThere(at, 'one')]).toEqual([false, true]);
    expect(agreed).toMatchObject({ status: 0, stdout: '1 row: 1 imported, 0 already imported, 0 with faults.\n' });
    expect(JSON.stringify([unasked, refused, dry, agreed])).not.toContain(CANARY);
  });

  test('--yes asks nobody; dirt is reported by line, what is good is stored, and the same file again is harmless', async () => {
    const { at } = await started();
    const file = fileOf(at, `one,${CANARY}-1,sales`, `two,${CANARY}-1,sales`, 'three', `bad name!,${CANARY}-3,`, `"four,${CANARY}-4,`, `five,${CANARY}-5,`);
    const args = ['connection', 'import', file, '--app', 'demo', '--yes'];

    const first = await command(at, args);
    const again = await command(at, [...args, '--json']);
    const piped = await command(at, ['connection', 'import', '-', '--app', 'demo', '--yes', '--format', 'ndjson'], {
      stdin: `{"name":"six","refreshToken":"${CANARY}-6"}\n{`,
    });

    expect(first.status).toBe(1);
    expect(first.stdout.split('\n')).toEqual([
      'line 3: refreshToken is the same as on line 2',
      'line 4: has 1 cell, the first line names 3',
      expect.stringMatching(/^line 5: name must be letters/),
      'line 6: has broken quotes; a row is one line',
      '6 rows: 2 imported, 0 already imported, 4 with faults.',
      '',
    ]);
    expect(JSON.parse(again.stdout)).toMatchObject({ rows: 6, imported: 0, alreadyImported: 2, faulty: 4 });
    expect(piped).toMatchObject({ status: 1, stdout: 'line 2: is not a JSON object\n2 rows: 1 imported, 0 already imported, 1 with faults.\n' });
    expect(await Promise.all(['one', 'two', 'five', 'six'].map((name) => isThere(at, name)))).toEqual([true, false, true, true]);
    expect(JSON.stringify([first, again, piped])).not.toContain(CANARY);
  });

  test('what cannot be read, or read as that, is one line, and nobody is asked', async () => {
    const { at } = await started();
    const header = join(at.folder, 'header.csv');
    writeFileSync(header, `name,refresh_token\none,${CANARY}\n`);

    const absent = await command(at, ['connection', 'import', join(at.folder, 'nowhere.csv'), '--app', 'demo'], { stdin: 'y\n', env: AT_TERMINAL });
    const format = await command(at, ['connection', 'import', header, '--format', 'xml', '--yes']);
    const column = await command(at, ['connection', 'import', header, '--app', 'demo', '--yes']);
    writeFileSync(header, `name,refresh_token\n${`one,${CANARY}\n`.repeat(1_000_000)}`);
    const large = await command(at, ['connection', 'import', header, '--app', 'demo', '--yes']);

    expect(absent).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^trunkline: [^\n]*nowhere\.csv[^\n]*does not exist[^\n]*\n$/) });
    expect(format.stderr).toMatch(/^trunkline: [^\n]*xml[^\n]*\n$/);
    expect(column).toMatchObject({ status: 1, stderr: expect.stringMatching(/^trunkline: [^\n]*"refresh_token"[^\n]*no column[^\n]*\n$/) });
    expect(large).toEqual(column);
    expect(column.stderr).not.toContain(CANARY);
    const audited = ((await manage(at, 'GET', 'audit')).body.items as { action: string; result: string }[]).filter(
      ({ action }) => action === 'importConnections',
    );
    expect(audited.map(({ result }) => result).filter((result) => result !== 'asked')).toEqual(['invalid_request', 'invalid_request']);
  });

  // V8 lets its heap grow to some 100 MiB more than what lives in it before it clears up. So the first file is not measured:
  // what a second one of the same size adds is what files keep.
  test(`${ROWS} rows after ${ROWS}: the gateway's memory grows by less than ${GROWTH_MIB} MiB`, { timeout: 300_000 }, async () => {
    const { at, gateway } = await started();
    const importing = async (name: string) => {
      const file = join(at.folder, `${name}.csv`);
      await pipeline(Readable.from(['name,refreshToken,label:team\n', ...rows(ROWS, name)]), createWriteStream(file));
      const run = { over: false };
      const watching = mostResidentMiB(gateway.process.pid, run);
      const { status, stdout } = await command(at, ['connection', 'import', file, '--app', 'demo', '--yes']);
      run.over = true;
      return { status, stdout, most: await watching };
    };

    const first = await importing('first');
    const second = await importing('second');

    console.log(`${ROWS} rows, twice: the gateway's memory was ${first.most.toFixed(0)} MiB at most, then ${second.most.toFixed(0)} MiB`);
    for (const { status, stdout } of [first, second]) {
      expect([status, stdout]).toEqual([0, `${ROWS} rows: ${ROWS} imported, 0 already imported, 0 with faults.\n`]);
    }
    expect(second.most - first.most).toBeLessThan(GROWTH_MIB);
  });
});

function rows(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index},${CANARY}-${name}-${index}-${'x'.repeat(100)},team-${index % 50}\n`);
}

async function mostResidentMiB(pid: number | undefined, run: { readonly over: boolean }): Promise<number> {
  let most = 0;
  for (; !run.over; await delay(100)) most = Math.max(most, Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1_024);
  return most;
}
