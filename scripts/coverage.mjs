// The page docs/sandbox-coverage.md: what the sandbox models, from its own tables.

import { MODELLED_ENDPOINTS } from '../dist/sandbox/modelled.js';
import { OPERATIONS } from '../dist/sandbox/operations/index.js';

/** The whole page; the same for the same code, whatever else lies on the machine. */
export function coverage() {
  const ofOperations = new Set(OPERATIONS.map(keyOf));
  const endpoints = MODELLED_ENDPOINTS.filter((endpoint) => !ofOperations.has(keyOf(endpoint)));
  return `# What the sandbox models

These requests the [sandbox](sandbox.md) answers by rules and with a memory of its own. Every other request of RingCentral's
is answered by example where RingCentral's OpenAPI file is given with \`--openapi FILE\`, and with 404 \`CMN-120\` where it is
not. This page is made from the sandbox's code by \`npm run docs\`.

## REST API

${OPERATIONS.length} operations. The group is that of the rate limits, the permissions are the App's and the user's.

| method | path | group | App | user |
| --- | --- | --- | --- | --- |
${sorted(OPERATIONS)
  .map(
    ({ method, path, group, permission, userPermission }) => `| ${method} | \`${path}\` | ${group ?? 'none'} | ${permission ?? ''} | ${userPermission ?? ''} |`,
  )
  .join('\n')}

## Other endpoints

Sign-in, discovery and what else has rules of its own.

| method | path |
| --- | --- |
${sorted(endpoints)
  .map(({ method, path }) => `| ${method} | \`${path}\` |`)
  .join('\n')}
`;
}

function keyOf({ method, path }) {
  return `${method} ${path}`;
}

// By path and then by method; compared by code, because a locale's order differs between machines.
function sorted(requests) {
  const order = ({ method, path }) => `${path} ${method}`;
  return [...requests].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}
