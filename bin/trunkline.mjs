#!/usr/bin/env node
// What `npx trunkline` runs. It is committed, because npm keeps a link to it, once and for all, at the first `npx`: a link
// to dist/main.js, which a fresh clone does not have yet, would stay broken for good.
import { existsSync } from 'node:fs';

// In a clone whatever is missing is installed and built first; the published package has no scripts, and needs none.
const prepare = new URL('../scripts/prepare.mjs', import.meta.url);
if (existsSync(prepare)) await import(prepare.href);

// Not a process of its own, so that signals, the terminal and the exit status are this one's.
await import('../dist/main.js');
