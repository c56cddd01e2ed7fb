import { readFileSync, statSync } from 'node:fs';
import { isAdminToken } from '../domain/admin-token.ts';
import { Secret } from '../domain/secret.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { writeNewSecretFile } from '../runtime/secret-file.ts';
import { CommandFailed } from './say.ts';

// 256 random bits: no guess can hit.
const TOKEN_BYTES = 32;

/**
 * The admin token in `file`, which is made, mode 0600, where it is absent.
 *
 * @throws CommandFailed  the file holds no token, or others may read it
 */
export function readAdminToken(file: string, random: Random): Secret {
  makeWhereAbsent(file, random);
  const token = readFileSync(file, 'utf8').trim();
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) !== 0) throw new CommandFailed(`${file} may be read or changed by others (mode 0${mode.toString(8)}); run \`chmod 600 ${file}\`.`);
  if (!isAdminToken(token)) {
    throw new CommandFailed(`${file} holds no token of at least 16 characters without spaces; remove it, and a new admin token is made at the next start.`);
  }
  return new Secret(token);
}

function makeWhereAbsent(file: string, random: Random): void {
  try {
    readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    writeNewSecretFile(file, `tla_${randomText(random, TOKEN_BYTES)}\n`, random);
  }
}
