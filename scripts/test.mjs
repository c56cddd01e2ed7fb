// `npm test`: the static checks, then every test. The last line is `N passed, N failed`, whatever happened,
// and a test that was not run counts as a failure.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name, file) => join(root, 'node_modules', name, file);
const tally = { passed: 0, failed: 0 };

check('types', [bin('typescript', 'bin/tsc'), '-p', 'tsconfig.json']);
check("types of the sandbox's console", [bin('typescript', 'bin/tsc'), '-p', 'tsconfig.console.json']);
check('lint and format', [bin('@biomejs/biome', 'bin/biome'), 'check', '.', '--error-on-warnings']);
check('unused files, exports and dependencies', [bin('knip', 'bin/knip.js')]);
check("configuration, errors, the sandbox's rules and coverage in docs/ are those of the code", [join(root, 'scripts', 'docs.mjs'), '--check']);
tests();

console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;

function check(name, args) {
  const started = Date.now();
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const good = done.status === 0;
  tally[good ? 'passed' : 'failed'] += 1;
  console.log(`${good ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

function tests() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-test-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)];
  const done = spawnSync(process.execPath, [bin('vitest', 'vitest.mjs'), ...args], { cwd: root, stdio: 'inherit' });
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const notRun = result.numTotalTests - result.numPassedTests - result.numFailedTests;
    if (notRun > 0) console.log(`${notRun} test(s) were not run; that counts as failed`);
    tally.passed += result.numPassedTests;
    tally.failed += result.numFailedTests + notRun;
    // A file that cannot be loaded, or an error between two tests, fails no test by itself.
    if (done.status !== 0 && result.numFailedTests + notRun === 0) tally.failed += 1;
  } catch (cause) {
    console.log(`the tests left no report: ${cause.message}`);
    tally.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
