// Writes docs/configuration.md, docs/errors.md, docs/sandbox-coverage.md, the table of rules in docs/sandbox.md and the schema of its scenarios from the
// tables that the code itself uses.
// `node scripts/docs.mjs --check` only compares, and fails where they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPTIONS } from '../dist/config/options.js';
import { ERROR_CATALOGUE } from '../dist/domain/error-catalogue.js';
import { RULES } from '../dist/sandbox/profile.js';
import { publishedSchema } from '../dist/sandbox/scenario/schema.js';
import { coverage } from './coverage.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stale = Object.entries({
  'configuration.md': configuration(),
  'errors.md': errors(),
  'sandbox.md': sandbox(),
  'sandbox-coverage.md': coverage(),
  'sandbox-scenario.schema.json': schema(),
}).filter(([name, text]) => {
  const file = join(root, 'docs', name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (stale.length > 0) {
  console.error(`Out of date: ${stale.map(([name]) => `docs/${name}`).join(', ')}; run "npm run docs".`);
  process.exit(1);
}

function configuration() {
  return `# Configuration

Every option is an environment variable and a flag; the flag goes first. An empty value counts as absent. All mistakes
are reported at once. This page is made from \`src/config/options.ts\` by \`npm run docs\`.

| variable | flag | default | meaning | commands |
| --- | --- | --- | --- | --- |
${Object.values(OPTIONS)
  .map(
    ({ env, flag, value, fallback, means, commands }) =>
      `| \`${env}\` | \`${flag} ${value.startsWith('[') ? value : `<${value}>`}\` | ${fallback ? `\`${fallback}\`` : ''} | ${means} | ${commands.join(', ')} |`,
  )
  .join('\n')}
`;
}

/** The page as it is, with the table of the uncertain rules between its two marks. */
function sandbox() {
  const page = readFileSync(join(root, 'docs', 'sandbox.md'), 'utf8');
  const rows = Object.entries(RULES).flatMap(([name, { question, choices, platform, strict, source, date }]) =>
    Object.entries(choices).map(([choice, means], index) => {
      const profiles = [platform === choice && '`platform`', strict === choice && '`strict`'].filter(Boolean).join(', ');
      return `| ${index === 0 ? `\`${name}\`: ${question}` : ''} | \`${choice}\`: ${means} | ${profiles} | ${index === 0 ? `${source} (${date})` : ''} |`;
    }),
  );
  const table = ['| rule | choice | profiles | source |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return page.replace(/(<!-- rules[^>]*-->\n)[\s\S]*?(<!-- end of the rules -->)/, (_whole, start, end) => `${start}\n${table}\n\n${end}`);
}

function schema() {
  return `${JSON.stringify(publishedSchema(), null, 2)}\n`;
}

function errors() {
  return `# Errors

The management API answers errors as \`application/problem+json\` (RFC 9457) with a \`code\` of this list, and
\`errors: [{field, message}]\` where a field is at fault. Old programs get one line that starts with \`FAILED\`
(see [legacy RingOut](legacy-ringout.md)). This page is made from \`src/domain/error-catalogue.ts\` by \`npm run docs\`.

| code | status | what happened | what to do |
| --- | --- | --- | --- |
${Object.entries(ERROR_CATALOGUE)
  .map(([code, { status, means, todo }]) => `| \`${code}\` | ${status} | ${means} | ${todo} |`)
  .join('\n')}
`;
}
