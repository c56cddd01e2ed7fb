import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import type { ImportReport } from '../domain/connection-import.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';

/** The flags of `trunkline connection import`. */
export interface ImportFlags extends Output {
  readonly app?: string;
  readonly format?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const STOP_FIRST =
  'A refresh token is single use: whatever program refreshes these tokens now must stop before they are imported, and must not start again, or both lose them.';

/**
 * `trunkline connection import FILE`
 *
 * @returns false where a row was not good
 * @throws CommandFailed  nobody said that the old program has stopped; nothing was done
 */
export async function importCommand<Config>(parts: CliParts<Config>, config: Config, file: string, flags: ImportFlags): Promise<boolean> {
  const format = flags.format ?? (/\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv');
  if (format !== 'csv' && format !== 'ndjson') throw new CommandFailed(`--format ${format} is neither csv nor ndjson.`);
  const source = file === '-' ? process.stdin : await openFile(file);
  if (!flags.dryRun && !flags.yes) await requireStopped(file);
  const choices = { format, dryRun: flags.dryRun === true, ...(flags.app !== undefined && { app: flags.app }) } as const;
  const report = await withManagement(parts, config, (management) => management.importConnections(source, choices));
  if (flags.json) printJson(report);
  else for (const line of reportLines(report)) printLine(line);
  return report.faulty === 0;
}

/** What is said of an import. */
export function reportLines({ dryRun, rows, imported, alreadyImported, faulty, faults, faultsLeftOut }: ImportReport): string[] {
  return [
    ...faults.map(({ line, field, message }) => `line ${line}: ${field && `${field} `}${message}`),
    ...(faultsLeftOut > 0 ? [`and ${faultsLeftOut} more, which the next run lists once these are mended`] : []),
    `${rows} ${rows === 1 ? 'row' : 'rows'}: ${imported} ${dryRun ? 'would be imported' : 'imported'}, ${alreadyImported} already imported, ${faulty} with faults.`,
  ];
}

// Opened before anybody is asked: a file that is not there needs no answer.
async function openFile(file: string): Promise<Readable> {
  const stream = createReadStream(file);
  await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  return stream;
}

async function requireStopped(file: string): Promise<void> {
  if (file === '-' || !process.stdin.isTTY) throw new CommandFailed(`${STOP_FIRST} Say --yes where it has stopped; --dry-run only looks at the file.`);
  process.stderr.write(`${STOP_FIRST}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // A question whose input ends is never answered: Ctrl-D means no.
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  try {
    const answer = await lines.question('Has it stopped? [y/N] ', { signal: ended.signal }).catch(() => '');
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed('Nothing was imported.');
  } finally {
    lines.close();
  }
}
