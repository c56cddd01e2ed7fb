// The programs that RingCentral prints for its RingCX exchange, taken from the document where it is at hand, with host, port and
// scheme changed and a token put in. What they forget to import is imported for them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/documents/', import.meta.url));
const HOST = 'engage.ringcentral.com';
const PRINTED_TOKENS = ['<rcAccessToken>', 'VALID-RINGCENTRAL-ACCESS-TOKEN', 'myRcToken'];

/** The programs; nothing where the document is not at hand. */
export function documentPrograms() {
  const text = existsSync(FOLDER) ? documentIn(FOLDER) : undefined;
  if (text === undefined) return [];
  return [
    {
      name: 'curl, as printed',
      interpreter: 'bash',
      extension: 'sh',
      source: between(text, '$ curl -XPOST', 'package main').slice(2),
      finish: (source) => source,
    },
    { name: 'Go, as printed', interpreter: 'go', extension: 'go', source: between(text, 'package main', 'var https'), finish: withGoImports },
    { name: 'Node, as printed', interpreter: 'node', extension: 'cjs', source: between(text, 'var https', 'import requests'), finish: withPort },
    {
      name: 'Python, as printed',
      interpreter: 'python3',
      extension: 'py',
      source: between(text, 'import requests', '<?php'),
      finish: (source) => `import json\n${source}`,
    },
    { name: 'PHP, as printed', interpreter: 'php', extension: 'php', source: between(text, '<?php', '\nResponse\n'), finish: (source) => source },
  ];
}

/** The program with its server and token. */
export function pointed({ source, finish }, origin, token) {
  const withToken = PRINTED_TOKENS.reduce((text, printed) => text.replaceAll(printed, token), source);
  return finish(withToken.replaceAll(`https://${HOST}`, origin), new URL(origin)).replaceAll(HOST, new URL(origin).hostname);
}

function documentIn(folder) {
  const file = readdirSync(folder).find((name) => name.startsWith('002_'));
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8');
}

function between(text, first, next) {
  const start = text.indexOf(first);
  const end = text.indexOf(next, start);
  if (start < 0 || end < 0) throw new Error(`the document has no "${first}"`);
  return text.slice(start, end);
}

function withPort(source, { port }) {
  return source.replace("require('https')", "require('http')").replace('{host: url,', `{host: url, port: ${port},`);
}

function withGoImports(source) {
  return source.replace('"net/url"', '"log"\n      "net/http"\n      "net/url"');
}
