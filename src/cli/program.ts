import { Command, Option } from 'commander';
import type { CliParts } from './ports.ts';
import { sandboxCommand } from './sandbox.ts';
import { CommandFailed, failureLine } from './say.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';

/**
 * The command line. Each command ends with exit status 0, or with one line on stderr and 1.
 */
export function createProgram<Config>(parts: CliParts<Config>): Command {
  const program = new Command('trunkline')
    .description('A self-hosted access gateway for RingCentral.')
    .version(parts.version)
    .showHelpAfterError('(--help shows what there is)');

  command(program, parts, 'start', 'the gateway and, until an App of yours is configured, the sandbox beside it')
    .option('--remove-demo', 'remove the demo App, Connections and Client first')
    .action((given: Record<string, unknown>) =>
      // Whoever starts it by hand reads what it prints; the log would bury that.
      run(parts, { logLevel: process.env.TRUNKLINE_LOG_LEVEL || 'warn', ...given }, (config, environment) =>
        startCommand(parts, config, { removeDemo: given.removeDemo === true }, environment),
      ),
    );
  command(program, parts, 'serve', 'the gateway alone').action((given: Record<string, unknown>) => run(parts, given, (config) => serveCommand(parts, config)));
  command(program, parts, 'sandbox', "RingCentral's platform on this machine, alone; not for production").action((given: Record<string, unknown>) =>
    run(parts, given, (config) => sandboxCommand(parts, config)),
  );
  return program;
}

function command<Config>(program: Command, parts: CliParts<Config>, name: 'start' | 'serve' | 'sandbox', description: string): Command {
  const made = program.command(name).description(description);
  for (const { flag, value, env, fallback, means, commands } of Object.values(parts.options)) {
    if (!commands.includes(name)) continue;
    made.addOption(new Option(`${flag} <${value}>`, `${means} (${env}${fallback ? `; ${fallback}` : ''})`));
  }
  return made;
}

async function run<Config>(
  parts: CliParts<Config>,
  given: Readonly<Record<string, unknown>>,
  action: (config: Config, environment: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const { flags, environment } = flagsGiven(parts, given);
  try {
    const read = parts.readConfig(flags);
    if ('mistakes' in read) throw new CommandFailed(report(read.mistakes));
    await action(read.config, environment);
  } catch (error) {
    const line = failureLine(error, listeningOptions(parts, flags));
    if (line) process.stderr.write(`trunkline: ${line}\n`);
    process.exitCode = 1;
  } finally {
    // The channel to the process that started this one would keep it alive.
    if (process.connected) process.disconnect();
  }
}

function report(mistakes: readonly { readonly option: string; readonly message: string }[]): string {
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
    const value = given[new Option(flag).attributeName()];
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
    const address = flags[name] ?? (option && process.env[option.env]) ?? option?.fallback;
    if (option && address !== undefined) addresses[address] = option.env;
  }
  return addresses;
}
