import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

// The ladder of docs/architecture.md: what each room may import from. biome.json holds the same as a lint rule.
const GROUND = ['domain'];
const FACTS = ['ringcentral/facts', 'runtime', ...GROUND];
const WIRE = ['oauth', 'ringcentral/calls', ...FACTS];
const NEEDED = ['broker', 'access', 'limits', 'audit', 'notify', 'vault', ...WIRE];
const JOBS = ['legacy', 'outbox', 'connect', 'bridge', 'proxy', ...NEEDED];
const LADDER: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  runtime: GROUND,
  'ringcentral/facts': ['runtime', ...GROUND],
  oauth: FACTS,
  'ringcentral/calls': FACTS,
  broker: WIRE,
  access: WIRE,
  limits: WIRE,
  audit: WIRE,
  notify: WIRE,
  vault: WIRE,
  legacy: NEEDED,
  outbox: NEEDED,
  connect: NEEDED,
  bridge: NEEDED,
  proxy: NEEDED,
  cli: JOBS,
  http: JOBS,
  store: JOBS,
  config: JOBS,
  sandbox: ['ringcentral/facts', 'runtime'],
};
const ROOMS = Object.keys(LADDER);

describe('the ladder', () => {
  test.each(ROOMS)('the lint rule lets %s import from the rooms below it, and complains of every other one', (room) => {
    const forbidden = [...ROOMS, 'main'].filter((other) => other !== room && !LADDER[room]?.includes(other));
    const source = [...ROOMS, 'main'].filter((other) => other !== room).map((other) => `import '${importPath(room, other)}';`);

    const complaints = lint(`src/${room}/example.ts`, source.join('\n'));

    expect(complaints.sort()).toEqual(forbidden.map((other) => importPath(room, other)).sort());
  });

  test('the lint rule reads a type import, a re-export and a dynamic import too', () => {
    const source = [
      "import type { A } from '../store/app.ts';",
      "export { b } from '../http/server.ts';",
      "export const c = import('../cli/program.ts');",
      'export type D = A;',
    ];

    const complaints = lint('src/domain/example.ts', source.join('\n'));

    expect(complaints).toHaveLength(3);
  });

  test("a folder of the sandbox's may import from its siblings, and from nothing that the sandbox may not", () => {
    const source = [
      "import '../world.ts';",
      "import '../wire/answer.ts';",
      "import '../../runtime/clock.ts';",
      "import '../../store/app.ts';",
      "import '../../main.ts';",
    ];

    const complaints = lint('src/sandbox/operations/example.ts', source.join('\n'));

    expect(complaints).toEqual(['../../store/app.ts', '../../main.ts']);
  });

  test('every room under src is on the ladder', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);

    const rooms = new Set(ROOMS.map((room) => room.split('/')[0]));

    expect(folders.filter((folder) => !rooms.has(folder))).toEqual([]);
  });

  // The lint rule sees import statements only.
  test("no source reaches another room by import('…') in a type or by a reference", () => {
    const sources = filesBelow(join(root, 'src'));

    const hidden = sources.filter((file) => hasHiddenImport(readFileSync(file, 'utf8')));

    expect(hidden).toEqual([]);
  });

  test('such a hidden import would be found', () => {
    expect(hasHiddenImport("type A = import('../store/app.ts').App;")).toBe(true);
    expect(hasHiddenImport('/// <reference path="../store/app.ts" />')).toBe(true);
    expect(hasHiddenImport("const app = await import('../store/app.ts');")).toBe(false);
  });
});

function hasHiddenImport(source: string): boolean {
  return /\/\/\/\s*<reference/.test(source) || /import\(\s*['"][^'"]+['"]\s*\)\s*[.<]/.test(source);
}

function importPath(room: string, other: string): string {
  const up = '../'.repeat(room.split('/').length);
  return other === 'main' ? `${up}main.ts` : `${up}${other}/thing.ts`;
}

/** The import paths in `source` that the lint rule complains of, were it the file `path`. */
function lint(path: string, source: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-ladder-'));
  try {
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
    const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const args = [biome, 'lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=github', '.'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const lines = source.split('\n');
    return [...stdout.matchAll(/title=lint\/style\/noRestrictedImports,.*?line=(\d+)/g)].map(
      ([, line]) => /'([^']+)'/.exec(lines[Number(line) - 1] ?? '')?.[1] ?? '',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
