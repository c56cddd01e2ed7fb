import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

// Where systems put a Chromium of their own.
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * A real browser: the system's Chromium where there is one, else the one that comes inside an npm package.
 *
 * Root may not use Chromium's own sandbox; the pages that are opened are this project's.
 */
export async function openBrowser(): Promise<Browser> {
  const installed = INSTALLED.find((path) => existsSync(path));
  return chromium.launch({ executablePath: installed ?? (await unpacked()), args: ['--no-sandbox', '--disable-gpu'] });
}

// Its own arguments are for a function host: one process for all, which ends with the first page.
async function unpacked(): Promise<string> {
  const { default: packed } = await import('@sparticuz/chromium');
  packed.setGraphicsMode = false;
  return packed.executablePath();
}
