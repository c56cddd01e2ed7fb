import { readFileSync } from 'node:fs';
import { Secret } from '../domain/secret.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { writeNewSecretFile } from '../runtime/secret-file.ts';
import { CommandFailed } from './say.ts';

const TOKEN_BYTES = 32;

/**
 * The admin token in `file`, which is made, mode 0600, where it is absent.
 *
 * @throws CommandFailed  the file holds no token
 */
export function readAdminToken(file: string, random: Random): Secret {
  writeNewSecretFileUnlessThere(file, random);
  const token = readFileSync(file, 'utf8').trim();
  if (token === '') throw new CommandFailed(`${file} is empty; remove it, and a new admin token is made at the next start.`);
  return new Secret(token);
}

function writeNewSecretFileUnlessThere(file: string, random: Random): void {
  try {
    readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    writeNewSecretFile(file, `tla_${randomText(random, TOKEN_BYTES)}\n`, random);
  }
}
