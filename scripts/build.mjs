// Compiles src to dist. Starts from an empty folder, so that a removed source leaves no file behind.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(join(root, 'dist'), { recursive: true, force: true });

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// The pages of the sandbox's console are files as the browser takes them.
cpSync(join(root, 'src', 'sandbox', 'console', 'page'), join(root, 'dist', 'sandbox', 'console', 'page'), { recursive: true });
