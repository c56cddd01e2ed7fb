import { existsSync, statSync } from 'node:fs';
import type { AuditState } from '../domain/audit.ts';
import { GatewayError } from '../domain/errors.ts';
import { everyItem } from '../domain/page.ts';
import { freezeFindings } from './freeze.ts';
import type { CliParts, OpenGateway, Whereabouts } from './ports.ts';
import { printJson, printLine } from './print.ts';
import { answers, connectProven } from './reach.ts';
import { failureLine } from './say.ts';
import { keepingFindings } from './weather.ts';

// In the order in which they are printed.
const CHECKS = ['files', 'gateway', 'database', 'vault', 'audit', 'freezes', 'keeping', 'platform', 'clock'];
// Harmless, and every extension has it. Whatever the platform answers but 401 it has taken the token.
const OWN_EXTENSION = '/restapi/v1.0/account/~/extension/~';
// A platform answers within a second; whoever runs this waits for it.
const PLATFORM_ANSWER_MS = 5_000;
// Nodes that share a database work in its time, and expiry is counted here: half a minute is felt (docs/guarantees.md, G8).
const CLOCK_TOLERANCE_MS = 30_000;

// Whoever must act has a week for it.
const AHEAD_DAYS = 7;

/** One line of `trunkline doctor`. */
export interface Finding {
  readonly name: string;
  /** `skip`: not checked. */
  readonly level: 'ok' | 'warn' | 'fail' | 'skip';
  readonly message: string;
}

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

type Say = (found: readonly Finding[]) => void;

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
  const gateway = await open(parts, config, where, say);
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

async function open<Config>(parts: CliParts<Config>, config: Config, { database, databaseContents }: Whereabouts, say: Say): Promise<OpenGateway | undefined> {
  const contents = await databaseContents();
  if (contents === 'absent' || contents === 'nothing') {
    const what = contents === 'nothing' ? `${database} is empty` : `there is no ${database}`;
    say([{ name: 'database', level: 'fail', message: `${what}; \`npm start\` or \`trunkline serve\` makes the database` }]);
    return undefined;
  }
  try {
    return await parts.openGateway(config);
  } catch (error) {
    // The vault is opened with what the database holds: a fault of the vault means that the database could be read.
    const vault = error instanceof GatewayError && (error.code.startsWith('vault_') || error.code === 'sealed_value_unreadable');
    const message = failureLine(error);
    say(
      vault
        ? [
            { name: 'database', level: 'ok', message: `${database} can be read` },
            { name: 'vault', level: 'fail', message },
          ]
        : [{ name: 'database', level: 'fail', message }],
    );
    return undefined;
  }
}

async function lookAtDatabase(gateway: OpenGateway, { database }: Whereabouts): Promise<Finding[]> {
  const opened: Finding = { name: 'vault', level: 'ok', message: 'the key opens the database' };
  try {
    await gateway.checkWritable();
    return [{ name: 'database', level: 'ok', message: `${database} can be read and written` }, opened, ...offsetFindings(gateway.clockOffsetMs(), database)];
  } catch (error) {
    return [{ name: 'database', level: 'fail', message: failureLine(error) }, opened];
  }
}

/** Where the nodes of the database share a time that this machine's clock is far from, that. */
export function offsetFindings(offsetMs: number, database: string): Finding[] {
  if (Math.abs(offsetMs) <= CLOCK_TOLERANCE_MS) return [];
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  const message = `${seconds} s ${offsetMs < 0 ? 'ahead of' : 'behind'} ${database}, in whose time its nodes work; let both machines set their clocks by NTP`;
  return [{ name: 'clock', level: 'warn', message }];
}

/** Whether the audit trail is whole from its anchor on. */
export function auditFinding({ anchor, newest, missing }: AuditState): Finding {
  const name = 'audit';
  if (missing) {
    const { first, last } = missing;
    const which = first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
    return {
      name,
      level: 'fail',
      message: `${which} missing; Trunkline itself removes lines from the oldest end only: compare with a copy, and look who may write the database`,
    };
  }
  return { name, level: 'ok', message: newest === undefined ? 'there is no line yet' : `lines ${anchor} to ${newest} are there` };
}

// One of those that die is enough to be told where to read on.
async function lookAtKeeping({ management }: OpenGateway): Promise<Finding[]> {
  const findings = keepingFindings(await management.weather(AHEAD_DAYS, { limit: 1 }));
  return findings.length > 0 ? findings : [{ name: 'keeping', level: 'ok', message: 'there is no App yet' }];
}

async function lookAtPlatforms<Config>(parts: CliParts<Config>, gateway: OpenGateway): Promise<Finding[]> {
  const origins = new Set<string>();
  for await (const { platformOrigin } of everyItem((page) => gateway.apps.listApps(page))) origins.add(platformOrigin);
  if (origins.size === 0) return [{ name: 'platform', level: 'warn', message: 'there is no App yet; make one with `trunkline app add`' }];
  return (await Promise.all([...origins].map((origin) => lookAtPlatform(parts, origin)))).flat();
}

async function lookAtPlatform<Config>({ fetch, clock }: CliParts<Config>, origin: string): Promise<Finding[]> {
  try {
    const before = clock.now();
    const response = await fetch(new URL('/restapi', origin), { redirect: 'manual', signal: clock.deadline(PLATFORM_ANSWER_MS) });
    const after = clock.now();
    await response.body?.cancel();
    const reached: Finding = { name: 'platform', level: 'ok', message: `${origin} answers` };
    return [reached, clockFinding(origin, response.headers.get('date'), (before + after) / 2)];
  } catch {
    return [{ name: 'platform', level: 'fail', message: `no answer from ${origin}; check the network, a proxy, a firewall, and the App's platformOrigin` }];
  }
}

/**
 * How far this machine's clock is from the platform's.
 *
 * @param date  the answer's Date header; null where it has none
 * @param now   when the answer's Date was written, by our clock: epoch milliseconds
 */
export function clockFinding(origin: string, date: string | null, now: number): Finding {
  const name = 'clock';
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { name, level: 'warn', message: `${origin} does not say what time it is` };
  // Date has whole seconds, cut off: half a second is the best guess.
  const offsetMs = now - (theirs + 500);
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  if (Math.abs(offsetMs) <= CLOCK_TOLERANCE_MS) return { name, level: 'ok', message: `within ${Math.max(1, seconds)} s of ${origin}` };
  return { name, level: 'warn', message: `${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} ${origin}; let this machine set its clock by NTP` };
}

// A Grant that looks usable here may be dead at the platform, so the platform is asked.
async function trySignIn(gateway: OpenGateway, connection: string): Promise<Finding[]> {
  const name = 'sign-in';
  const { app } = await gateway.connections.verifyConnection(connection);
  const answer = await gateway.call(connection, { method: 'GET', path: OWN_EXTENSION, permission: 'ReadAccounts' });
  const asked = `GET ${OWN_EXTENSION} with the token of Connection "${connection}" of App "${app}"`;
  return [signInFinding(name, asked, answer.status)];
}

function signInFinding(name: string, asked: string, status: number): Finding {
  if (status < 300) return { name, level: 'ok', message: `the platform answered ${asked}` };
  if (status === 403 || status === 404) return { name, level: 'ok', message: `the platform took the token; it answered ${status} to ${asked}` };
  if (status === 401)
    return {
      name,
      level: 'fail',
      message: `the platform refused ${asked} (401); give the Connection new credentials with \`trunkline connection credentials\``,
    };
  return { name, level: 'warn', message: `the platform answered ${status} to ${asked}; try again later` };
}
