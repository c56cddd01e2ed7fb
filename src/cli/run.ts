import { Option } from 'commander';
import type { CliParts } from './ports.ts';
import { CommandFailed, failureLine } from './say.ts';

/** Runs a command that looks or changes, and ends. Its stderr is for its own line, so nothing is logged. */
export function tool<Config>(
  parts: CliParts<Config>,
  given: object,
  action: (config: Config) => Promise<unknown>,
  unconfigured?: (mistakes: readonly Mistake[]) => Promise<unknown>,
): Promise<void> {
  const settled = async (done: Promise<unknown>) => {
    if ((await done) === false) process.exitCode = 1;
  };
  return run(
    parts,
    { logLevel: process.env.TRUNKLINE_LOG_LEVEL || 'silent', ...given },
    (config) => settled(action(config)),
    unconfigured && ((mistakes) => settled(unconfigured(mistakes))),
  );
}

/** A setting that cannot be used, and why. */
export interface Mistake {
  readonly option: string;
  readonly message: string;
}

/**
 * Runs a command: reads the settings, then does it; whatever goes wrong is one line on stderr and exit status 1.
 *
 * @param given         the flags, by the names that commander gives them
 * @param action        is also told what to hand on to the sandbox's process, as environment
 * @param unconfigured  what to do where settings are faulty, instead of saying so
 */
export async function run<Config>(
  parts: CliParts<Config>,
  given: Readonly<Record<string, unknown>>,
  action: (config: Config, environment: Readonly<Record<string, string>>) => Promise<void>,
  unconfigured: (mistakes: readonly Mistake[]) => Promise<void> = async (mistakes) => {
    throw new CommandFailed(report(mistakes));
  },
): Promise<void> {
  const { flags, environment } = flagsGiven(parts, given);
  try {
    const read = parts.readConfig(flags);
    if ('mistakes' in read) await unconfigured(read.mistakes);
    else await action(read.config, environment);
  } catch (error) {
    const line = failureLine(error, listeningOptions(parts, flags));
    if (line) process.stderr.write(`trunkline: ${line}\n`);
    process.exitCode = 1;
  } finally {
    // The channel to the process that started this one would keep it alive.
    if (process.connected) process.disconnect();
  }
}

function report(mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ option, message }) => `${option} ${message}`);
  return lines.length === 1 ? `${lines[0]}.` : `the configuration has ${lines.length} mistakes:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** The flags by the names of the option table, and those that the sandbox takes as environment for its process. */
function flagsGiven<Config>(
  parts: CliParts<Config>,
  given: Readonly<Record<string, unknown>>,
): { flags: Record<string, string>; environment: Record<string, string> } {
  const flags: Record<string, string> = {};
  const environment: Record<string, string> = {};
  for (const [name, { flag, env, commands }] of Object.entries(parts.options)) {
    const said = given[new Option(flag).attributeName()];
    const value = said === true ? 'on' : said;
    if (typeof value !== 'string') continue;
    flags[name] = value;
    if (commands.includes('sandbox')) environment[env] = value;
  }
  return { flags, environment };
}

/** Which option stands behind each address, so that a port that is taken names what to set. */
function listeningOptions<Config>(parts: CliParts<Config>, flags: Readonly<Record<string, string>>): Record<string, string> {
  const addresses: Record<string, string> = {};
  for (const name of ['adminListen', 'sandboxListen', 'listen']) {
    const option = parts.options[name];
    // As the configuration reads them, an empty one counts as absent.
    const address = flags[name] || (option && process.env[option.env]) || option?.fallback;
    if (option && address !== undefined) addresses[address] = option.env;
  }
  return addresses;
}
