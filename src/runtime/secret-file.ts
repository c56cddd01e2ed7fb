import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Random, randomText } from './random.ts';

/**
 * Writes a new file that its owner alone may read, mode 0600, and its folder where that is absent, mode 0700.
 *
 * The file appears whole or not at all, and is on the disk before this returns; hence the second name.
 *
 * @returns false where the file is there already; it is left as it is then
 * @throws NodeJS.ErrnoException
 */
export function writeNewSecretFile(file: string, text: string, random: Random): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomText(random, 6)}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(descriptor);
    unlinkSync(draft);
  }
  syncFolder(dirname(file));
  return true;
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
