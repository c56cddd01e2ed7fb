import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseObject } from '../runtime/parse-object.ts';
import { CommandFailed } from './say.ts';

/** The variable that holds the one secret a command needs. */
export const SECRET_VARIABLE = 'TRUNKLINE_SECRET';

/** Asks for a secret; `what` says which, to the person who is asked. */
export type AskSecret = (what: string) => Promise<string>;

/**
 * The secret a command needs: from its variable, else asked for without echo, else from standard input. It is never a
 * flag, which other users of the machine could read.
 *
 * @param what  for the person who is asked
 * @throws CommandFailed  there is none
 */
export async function readSecret(what: string): Promise<string> {
  const given = process.env[SECRET_VARIABLE];
  if (given) return given;
  const secret = process.stdin.isTTY ? await ask(what) : (await text(process.stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new CommandFailed(`${what} is missing; give it on standard input or in ${SECRET_VARIABLE}.`);
  return secret;
}

/**
 * A JSON object from a file, or from standard input where the file is `-`.
 *
 * @throws CommandFailed  it is something else; what it holds is not repeated
 */
export async function readJsonBody(file: string): Promise<Readonly<Record<string, unknown>>> {
  const content = file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8');
  const value = parseObject(content);
  if (value) return value;
  throw new CommandFailed(`${file === '-' ? 'Standard input' : file} does not hold a JSON object.`);
}

async function ask(what: string): Promise<string> {
  process.stderr.write(`${what}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await lines.question('');
  } catch (error) {
    // Ctrl-C and Ctrl-D: whoever presses them does not want to answer.
    if ((error as Error).name === 'AbortError') throw new CommandFailed(`${what} was not given; nothing was done.`);
    throw error;
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
