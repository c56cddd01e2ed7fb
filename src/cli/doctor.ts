import { existsSync, statSync } from 'node:fs';
import { auditFinding, lookAtDatabase, openDatabase } from './doctor-database.ts';
import { lookAtPlatforms, trySignIn } from './doctor-platform.ts';
import type { Finding, Say } from './finding.ts';
import { freezeFindings } from './freeze.ts';
import type { CliParts, OpenGateway, Whereabouts } from './ports.ts';
import { printJson, printLine } from './print.ts';
import { answers, connectProven } from './reach.ts';
import { failureLine } from './say.ts';
import { keepingFindings } from './weather.ts';

// In the order in which they are printed.
const CHECKS = ['files', 'gateway', 'database', 'vault', 'audit', 'freezes', 'keeping', 'platform', 'clock'];
// Whoever must act has a week for it.
const AHEAD_DAYS = 7;

/** What `doctor` is told to do besides looking. */
export interface DoctorFlags {
  readonly json?: boolean;
  /** A Connection to sign in, unless it has a Grant; with its token the platform is asked. */
  readonly signIn?: string;
}

/**
 * `trunkline doctor`: looks at everything a gateway needs, and says what to do.
 *
 * @returns whether nothing failed
 */
export async function doctorCommand<Config>(parts: CliParts<Config>, config: Config, flags: DoctorFlags): Promise<boolean> {
  return reporting(flags, async (say) => {
    const where = parts.whereabouts(config);
    say(await guarded('files', async () => lookAtFiles(where.secretFiles)));
    say([await lookForGateway(parts, where)]);
    await lookInside(parts, config, where, flags.signIn, say);
  });
}

/**
 * `trunkline doctor` where the settings cannot be used: it says why, and what it could not look at.
 *
 * @returns false: something failed
 */
export async function doctorWithoutSettings(mistakes: readonly { readonly option: string; readonly message: string }[], flags: DoctorFlags): Promise<boolean> {
  return reporting(flags, async (say) => say(mistakes.map(({ option, message }) => ({ name: 'settings', level: 'fail', message: `${option} ${message}` }))));
}

/** Prints what `look` finds, then what was not checked. */
async function reporting({ json, signIn }: DoctorFlags, look: (say: Say) => Promise<void>): Promise<boolean> {
  const findings: Finding[] = [];
  const say: Say = (found) => {
    findings.push(...found);
    if (!json) for (const { level, name, message } of found) printLine(`${level.padEnd(4)} ${name}: ${message}`);
  };
  await look(say);
  const checked = new Set(findings.map(({ name }) => name));
  const missed = [...CHECKS, ...(signIn === undefined ? [] : ['sign-in'])].filter((name) => !checked.has(name));
  say(missed.map((name) => ({ name, level: 'skip', message: 'not checked, because of what is said above' })));
  if (json) printJson({ findings });
  return findings.every(({ level }) => level !== 'fail');
}

/** What a check finds; where it cannot be made, that. */
async function guarded(name: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [{ name, level: 'fail', message: failureLine(error) }];
  }
}

/** Whether others may read what holds secrets. */
function lookAtFiles(files: readonly string[]): Finding[] {
  const open = files.filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);
  if (open.length === 0) return [{ name: 'files', level: 'ok', message: 'only their owner may read them' }];
  return open.map((file) => ({ name: 'files', level: 'fail', message: `others may read or change ${file}; run \`chmod 600 ${file}\`` }));
}

async function lookForGateway<Config>(parts: CliParts<Config>, where: Whereabouts): Promise<Finding> {
  const name = 'gateway';
  const { adminOrigin, adminToken } = where;
  if (!(await answers(parts, adminOrigin)))
    return { name, level: 'warn', message: `none answers at ${adminOrigin}; start it with \`trunkline serve\`, or set TRUNKLINE_URL` };
  if (!adminToken)
    return { name, level: 'warn', message: `answers at ${adminOrigin}, but there is no admin token to manage it with; set TRUNKLINE_ADMIN_TOKEN` };
  try {
    const management = await connectProven(parts, where, adminToken);
    await management.list('apps', { limit: 1 });
    return { name, level: 'ok', message: `answers at ${adminOrigin}` };
  } catch (error) {
    return { name, level: 'fail', message: `at ${adminOrigin}: ${failureLine(error)}` };
  }
}

async function lookInside<Config>(parts: CliParts<Config>, config: Config, where: Whereabouts, signIn: string | undefined, say: Say): Promise<void> {
  const gateway = await openDatabase(parts, config, where, say);
  if (!gateway) return;
  try {
    say(await lookAtDatabase(gateway, where));
    say(await guarded('audit', async () => [auditFinding(await gateway.checkAudit())]));
    say(await guarded('freezes', async () => freezeFindings(await gateway.listFreezes())));
    say(await guarded('keeping', () => lookAtKeeping(gateway)));
    say(await guarded('platform', () => lookAtPlatforms(parts, gateway)));
    if (signIn !== undefined) say(await guarded('sign-in', () => trySignIn(gateway, signIn)));
  } finally {
    await gateway.close();
  }
}

// One of those that die is enough to be told where to read on.
async function lookAtKeeping({ management }: OpenGateway): Promise<Finding[]> {
  const findings = keepingFindings(await management.weather(AHEAD_DAYS, { limit: 1 }));
  return findings.length > 0 ? findings : [{ name: 'keeping', level: 'ok', message: 'there is no App yet' }];
}
