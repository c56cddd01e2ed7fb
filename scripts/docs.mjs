// Writes docs/configuration.md, docs/errors.md and docs/sandbox-coverage.md from the tables that the code itself uses.
// `node scripts/docs.mjs --check` only compares, and fails where they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPTIONS } from '../dist/config/options.js';
import { ERROR_CATALOGUE } from '../dist/domain/errors.js';
import { coverage } from './coverage.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stale = Object.entries({ 'configuration.md': configuration(), 'errors.md': errors(), 'sandbox-coverage.md': coverage() }).filter(([name, text]) => {
  const file = join(root, 'docs', name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  return readFileSync(file, 'utf8') !== text;
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
      `| \`${env}\` | \`${flag} <${value}>\` | ${fallback ? `\`${fallback}\`` : ''} | ${means} | ${commands.join(', ')} |`,
  )
  .join('\n')}
`;
}

function errors() {
  return `# Errors

The management API answers errors as \`application/problem+json\` (RFC 9457) with a \`code\` of this list, and
\`errors: [{field, message}]\` where a field is at fault. Old programs get one line that starts with \`FAILED\`
(see [legacy RingOut](legacy-ringout.md)). This page is made from \`src/domain/errors.ts\` by \`npm run docs\`.

| code | status | what happened | what to do |
| --- | --- | --- | --- |
${Object.entries(ERROR_CATALOGUE)
  .map(([code, { status, means, todo }]) => `| \`${code}\` | ${status} | ${means} | ${todo} |`)
  .join('\n')}
`;
}
