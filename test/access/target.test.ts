import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyRefusal } from '../../src/domain/policy.ts';
import { readTarget } from '../../src/domain/target.ts';
import { destinationOf } from '../../src/ringcentral/facts/roots.ts';
import { figures } from '../figures.ts';

const ORIGINS = { platformOrigin: 'https://platform.example.com', mediaOrigin: 'https://media.example.com', ringcxOrigin: 'https://ringcx.example.com' };
const PATTERNS = [
  '/restapi/**',
  '/restapi/v1.0/account/*/extension/**',
  '/restapi/v1.0/account/~/extension/~/ring-out',
  '/restapi/v1.0/account/*',
  '/scim/**',
  '/scim/v2/Users/*',
  '/*/v2/**',
  '/voice/api/v1/**',
  '/voice/*/v1/admin/*',
  '/team-messaging/v1/*/~',
];

// What people have tried, and the pieces of good paths, so that a good many are read.
// biome-ignore format: a line per piece says no more
const PIECES = [
  '/', '/', '/', '/', '/restapi', '/v1.0', '/account', '/~', '/extension', '/ring-out', '/scim', '/v2', '/Users', '/voice/api', '/v1', '/admin', '/media/restapi',
  '/team-messaging', '//', '/.', '/..', '.', '..', '\\', '%2f', '%2F', '%5c', '%252f', '%2e', '%2E%2e', '%252e', ';', ';a=b', '%3b', '%00', '%0d%0a', '\r\n', ' ', '%20', '%',
  '%7E', '%7e', '%72', '%C3%BC', '\u00fc', '%c0%ae', '%EF%BC%8F', '%E2%80%A4', '@', 'user@evil.example.com', '//evil.example.com', 'https://evil.example.com', ':443', '?', '#',
  '?a=b', '&access_token=x', '*', '**', 'x', '12345', ',', '+15555550100', "'", '"', '<', '{', '|', '^', '`', '\t', '\u007f', '[', ']', '=', '%u002f', '%2', '\u2044', '\ud800',
];
const GOOD = ['/v1.0', '/account', '/~', '/extension', '/ring-out', '/v2', '/Users', '/v1', '/admin', '/123', '/x', '/a,b', '/a%20b', '/%7E'];
// biome-ignore format: as above
const TRICKS = [
  ...PIECES,
  ...['..', '%2e%2e', '.%2E', '%252e%252e', '..;a=b', '%EF%BC%8E%EF%BC%8E'].flatMap((dots) => ['/', '%2f', '%5c', '\\', '%252f', '%EF%BC%8F', '%00/'].map((slash) => `/${dots}${slash}scim`)),
  ...['%2f', '%252f', '%5c', '%EF%BC%8F', '%00', ';x', '%3bx', '//', '/'].map((trick) => `/123${trick}`),
];
const root = fc.constantFrom('/restapi', '/scim', '/voice/api', '/media/restapi');
const good = fc.array(fc.constantFrom(...GOOD), { maxLength: 4 });
const url = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((pieces) => pieces.join('')) },
  {
    weight: 9,
    arbitrary: fc.tuple(root, good, fc.constantFrom(...TRICKS), good).map(([first, before, trick, after]) => first + before.join('') + trick + after.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `/restapi/${text}`) },
);

/** Servers as there are: each decodes, cuts and joins in its own way. */
const SERVERS: Readonly<Record<string, (path: string) => string>> = {
  'decodes once': (path) => decodeURIComponent(path),
  'decodes twice': (path) => decodeURIComponent(decodeURIComponent(path)),
  'resolves dots before it decodes': (path) => decodeURIComponent(resolveDots(path)),
  'resolves dots after it decoded': (path) => resolveDots(decodeURIComponent(path)),
  'decodes twice and resolves dots': (path) => resolveDots(decodeURIComponent(decodeURIComponent(path))),
  'joins slashes': (path) => decodeURIComponent(path).replace(/\/+/g, '/'),
  'takes backslashes for slashes': (path) => resolveDots(decodeURIComponent(path).replaceAll('\\', '/')),
  'cuts path parameters off': (path) => resolveDots(path.replace(/;[^/]*/g, '')),
  'ends at a NUL': (path) => decodeURIComponent(path).split('\0')[0] ?? '',
  'folds characters': (path) => resolveDots(decodeURIComponent(path).normalize('NFKC')),
};

describe('a target that is read', () => {
  test(
    '33: stays on the origins of the App, and every kind of server sees the path that the Policy judged',
    () => {
      let read = 0;
      fc.assert(
        fc.property(url, (given) => {
          const target = readTarget(given);
          const destination = 'refusal' in target ? undefined : destinationOf(target.path);
          if (!destination || destination.servedBy === 'bridge' || 'refusal' in target) return;
          read++;
          const origin = ORIGINS[destination.servedBy];
          const sent = `${destination.path}${target.query === undefined ? '' : `?${target.query}`}`;
          const there = new URL(sent, origin);

          expect(there.origin).toBe(origin);
          expect(there.username + there.password + there.hash).toBe('');
          expect(there.pathname).toBe(destination.path);
          expect(sent).toMatch(/^[\x21-\x7e]+$/);
          const judged = PATTERNS.map((pattern) => isAllowed(pattern, destination.path));
          for (const [kind, see] of Object.entries(SERVERS)) {
            const seen = see(destination.path);
            expect(rootOf(seen), `a server that ${kind}`).toBe(rootOf(destination.path));
            expect(
              PATTERNS.map((pattern) => isAllowed(pattern, seen)),
              `a server that ${kind}`,
            ).toEqual(judged);
          }
        }),
        { numRuns: figures(5_000, 100_000) },
      );
      // A property of nothing would hold.
      expect(read).toBeGreaterThan(figures(200, 2_500));
    },
    figures(30_000, 900_000),
  );
});

function isAllowed(pattern: string, path: string): boolean {
  return policyRefusal({ paths: [pattern] }, { address: '', method: 'GET', path, permission: undefined }, () => new Set()) === undefined;
}

function rootOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

function resolveDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}
