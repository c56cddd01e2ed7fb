import type { CalibrationReport, CliParts } from './ports.ts';
import { printJson, printLine } from './print.ts';

/** How it is asked, and told. */
export interface CalibrateFlags {
  readonly allowCharges?: boolean;
  readonly json?: boolean;
}

type Judgement = CalibrationReport['judgements'][number];

/**
 * `trunkline sandbox calibrate`: asks a real account what the sandbox claims of the platform, and prints where they differ.
 *
 * @returns whether nothing differed
 */
export async function calibrateCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  { allowCharges = false, json = false }: CalibrateFlags,
): Promise<boolean> {
  const { origin, statements, atLeastMs, run } = await parts.calibration(config, allowCharges);
  // It takes minutes, so a person sees at once that it works, and how far it is.
  process.stderr.write(`Asks ${origin} about ${statements} statements, at five token requests a minute: about ${minutes(atLeastMs)}.\n`);
  const report = await run(json ? () => {} : printJudgement);
  const differs = count(report, 'differs');
  if (json) printJson(report);
  else printLine(`${count(report, 'agrees')} agree, ${differs} ${differs === 1 ? 'differs' : 'differ'}, ${count(report, 'not asked')} could not be asked.`);
  if (report.sessionsLeft > 0) process.stderr.write(`${report.sessionsLeft} session(s) could not be ended; they end by themselves within seven days.\n`);
  return differs === 0;
}

function printJudgement({ name, outcome, asks, expected, observed, source, date, why }: Judgement): void {
  printLine(`${outcome.padEnd(WIDTH)}  ${name}${why === undefined ? '' : `: ${printable(why)}`}`);
  if (outcome !== 'differs') return;
  const lines = { asked: asks, expected: `${shown(expected)} (${source}, ${date})`, observed: shown(observed) };
  for (const [label, text] of Object.entries(lines)) printLine(`${''.padEnd(WIDTH)}    ${label.padEnd('expected'.length)}  ${text}`);
}

const WIDTH = 'not asked'.length;

function shown(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

// What came from elsewhere must not steer the terminal.
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

function count({ judgements }: CalibrationReport, outcome: Judgement['outcome']): number {
  return judgements.filter((judgement) => judgement.outcome === outcome).length;
}

function minutes(ms: number): string {
  const whole = Math.ceil(ms / 60_000) + 1;
  return `${whole} minutes`;
}
