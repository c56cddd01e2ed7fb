import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bundled from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

// As Debian, Ubuntu and Google name it.
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
// Beside the packages, so that it goes when they go.
const CACHE = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
const UNPACKED = join(CACHE, 'chromium-143.0.4');

/** Starts a real browser without a window: the machine's Chromium, or else the one of the npm package. Whoever starts it closes it. */
export async function launchBrowser(): Promise<Browser> {
  // Chromium's own sandbox refuses to run as root, which containers do.
  return chromium.launch({ executablePath: (await installed()) ?? (await unpacked()), chromiumSandbox: process.getuid?.() !== 0 });
}

async function installed(): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) if (await isThere(path)) return path;
  return undefined;
}

/** The package unpacks itself into the temporary folder, half of it visible before it is whole; several test files run at once. */
async function unpacked(): Promise<string> {
  const executable = join(UNPACKED, 'chromium');
  if (await isThere(executable)) return executable;
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'chromium-'));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    await bundled.executablePath();
    await rename(folder, UNPACKED);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // Another test file was first.
    if (!(await isThere(executable))) throw error;
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  return executable;
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
