// The whole programs that the Bridge's pages print, pointed at a gateway of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGES = fileURLToPath(new URL('../../docs', import.meta.url));
const INTERPRETERS = { js: 'node', python: 'python3', php: 'php', ruby: 'ruby', sh: 'bash' };
const ARGUMENTS = { node: ['--input-type=module', '-e'], python3: ['-c'], php: ['-r'], ruby: ['-e'], bash: ['-c'] };
// The demo's, which whoever has just started a gateway finds there.
const DEMO = 'TrunklineDemoKey';

/** Those that can be run as they stand. @returns `arguments` of their interpreter, the program among them */
export function printedPrograms(origin, old) {
  return readdirSync(PAGES)
    .filter((name) => /^bridge.*\.md$/.test(name))
    .flatMap((name) =>
      [...readFileSync(join(PAGES, name), 'utf8').matchAll(/^```(js|python|php|ruby|sh)\n(.*?)^```$/gms)]
        .filter(([, , text]) => text.includes(DEMO))
        .map(([, language, text]) => {
          const interpreter = INTERPRETERS[language];
          return { name: `docs/${name}, ${language}`, interpreter, arguments: [...ARGUMENTS[interpreter], pointed(text.replace('<?php\n', ''), origin, old)] };
        }),
    );
}

function pointed(text, origin, old) {
  const { host, hostname, port } = new URL(origin);
  return text
    .replaceAll('127.0.0.1:8080', host)
    .replaceAll("'127.0.0.1', 8080", `'${hostname}', ${port}`)
    .replaceAll(DEMO, old.RC_APP_CLIENT_ID)
    .replaceAll('TrunklineDemoSecret', old.RC_APP_CLIENT_SECRET)
    .replaceAll('18889363711', old.RC_USERNAME)
    .replaceAll(/\b101\b/g, old.RC_EXTENSION)
    .replaceAll(/\b1234\b/g, old.RC_PASSWORD);
}
