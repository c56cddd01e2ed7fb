// Writes src/ringcentral/facts/operations/*.ts from RingCentral's OpenAPI file, which is theirs and is not part of the project: only what is a fact is
// taken of it, one line per operation, and none of its sentences.
// `node scripts/operations.mjs FILE`; then `npx biome check .`, and look at the difference: an operation that is gone, or that needs another Permission,
// changes what a Policy allows.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const METHODS = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options']);

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name the OpenAPI file: node scripts/operations.mjs rc-public-openapi.yml');
  process.exit(1);
}
const operations = Object.entries(parse(readFileSync(file, 'utf8')).paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.has(method))
    .map(([method, operation]) => lineOf(method, path, operation)),
);
// By path, then method, as strings compare: the order of the file is an editor's and changes with each of its versions.
const sorted = operations.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const isAccount = (line) => line.includes(' /restapi/v1.0/account/');
const isRestApi = (line) => /^\S+ \/restapi(\/|\s)/.test(line);
write('account', 'below `/restapi/v1.0/account/`', sorted.filter(isAccount));
write(
  'restapi',
  'below `/restapi`, but for those of an account in its version 1.0',
  sorted.filter((line) => isRestApi(line) && !isAccount(line)),
);
write(
  'beside',
  'beside `/restapi`: team messaging, video, webinars, analytics, AI and SCIM',
  sorted.filter((line) => !isRestApi(line)),
);

function lineOf(method, path, operation) {
  const { 'x-app-permission': permission = '-', 'x-throttling-group': group, 'x-media-api': media } = operation;
  if (group === undefined) throw new Error(`${method} ${path} has no throttling group`);
  return [method.toUpperCase(), path, permission, group, ...(media ? ['media'] : [])].join(' ');
}

function keyOf(line) {
  const [method, path] = line.split(' ');
  return `${path} ${method}`;
}

function write(name, where, lines) {
  const text = `/**
 * The platform's operations ${where}.
 *
 * A line is method, path, Permission (\`-\` where none is needed), throttling group, and \`media\` where the media origin serves it. Written by
 * scripts/operations.mjs.
 *
 * @see RingCentral's OpenAPI file: \`x-app-permission\`, \`x-throttling-group\`, \`x-media-api\`
 */
export const ${name.toUpperCase()}_OPERATIONS = \`
${lines.join('\n')}
\`;
`;
  writeFileSync(fileURLToPath(new URL(`../src/ringcentral/facts/operations/${name}.ts`, import.meta.url)), text);
}
