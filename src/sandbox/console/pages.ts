import { readFileSync } from 'node:fs';
import type { Answer } from '../wire/answer.ts';

/** Where the console is: the web page that shows and moves everything. */
export const CONSOLE_PATH = '/_sandbox/console';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html;charset=UTF-8',
  css: 'text/css;charset=UTF-8',
  js: 'text/javascript;charset=UTF-8',
  svg: 'image/svg+xml',
};
const FOLDER = new URL('page/', import.meta.url);
// The names are these and no others: nothing of a request's path is ever looked up on the disk.
const FILES: ReadonlyMap<string, string> = new Map([
  [CONSOLE_PATH, 'console.html'],
  ...['api', 'apps', 'clock', 'dom', 'faults', 'jwt-credentials', 'lists', 'main', 'messages', 'requests', 'secrets', 'sessions', 'users'].map(
    (name) => [`${CONSOLE_PATH}/${name}.js`, `${name}.js`] as const,
  ),
  [`${CONSOLE_PATH}/console.css`, 'console.css'],
  [`${CONSOLE_PATH}/icon.svg`, 'icon.svg'],
]);

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A page of the console, or a file of it; nothing where there is none at this path. */
export function findConsolePage(path: string): Answer | undefined {
  if (path === '/_sandbox' || path === '/_sandbox/' || path === `${CONSOLE_PATH}/`) return { status: 303, headers: { location: CONSOLE_PATH }, body: '' };
  const name = FILES.get(path);
  if (name === undefined) return undefined;
  return {
    status: 200,
    headers: {
      'content-type': TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? '',
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
    body: readFileSync(new URL(name, FOLDER)),
  };
}
