import { Command, Option } from 'commander';
import { type CalibrateFlags, calibrateCommand } from './calibrate.ts';
import { type CallFlags, callCommand } from './call.ts';
import { type DoctorFlags, doctorCommand } from './doctor.ts';
import {
  type AddFlags,
  type AppFlags,
  addCommand,
  appBody,
  type ClientFlags,
  type ConnectionFlags,
  clientBody,
  connectionBody,
  listCommand,
  type Output,
  removeCommand,
  showCommand,
} from './manage.ts';
import type { CliParts, OptionRow } from './ports.ts';
import { sandboxCommand } from './sandbox.ts';
import { CommandFailed, failureLine } from './say.ts';
import { SECRET_VARIABLE } from './secret-input.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { tokenCommand } from './token.ts';

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
  addSandbox(program, parts);
  addTools(program, parts);
  addManagement(program, parts);
  return program;
}

function addSandbox<Config>(program: Command, parts: CliParts<Config>): void {
  const sandbox = command(program, parts, 'sandbox', "RingCentral's platform on this machine, alone; not for production")
    // The options of a command below it are that command's own, though they may have the same names.
    .enablePositionalOptions()
    .action((given: Record<string, unknown>) => run(parts, given, (config) => sandboxCommand(parts, config)));
  command(sandbox, parts, 'calibrate', 'asks a real account what the sandbox claims of the platform; exit status 1 where they differ')
    .option('--allow-charges', 'ask what costs money too: a RingOut that is cancelled at once')
    .action((given: CalibrateFlags) => tool(parts, given, (config) => calibrateCommand(parts, config, given)));
}

function addTools<Config>(program: Command, parts: CliParts<Config>): void {
  command(program, parts, 'token', 'an access token of a Connection, on stdout')
    .argument('<connection>')
    .action((connection: string, given: Output) => tool(parts, given, (config) => tokenCommand(parts, config, connection, given)));
  command(program, parts, 'call', 'one REST request on a Connection, its answer on stdout')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'such as /restapi/v1.0/account/~/extension/~')
    .requiredOption('--connection <NAME>', 'the Connection whose token is put in')
    .option('--data <JSON>', 'the body')
    .action((method: string, path: string, given: CallFlags) => tool(parts, given, (config) => callCommand(parts, config, method, path, given)));
  command(program, parts, 'doctor', 'looks at everything a gateway needs, and says what to do; exit status 1 where something fails')
    .option('--sign-in <CONNECTION>', 'sign this Connection in, which shows whether its App may')
    .action((given: DoctorFlags) => tool(parts, given, (config) => doctorCommand(parts, config, given)));
}

function addManagement<Config>(program: Command, parts: CliParts<Config>): void {
  const secret = `read from ${SECRET_VARIABLE}, a prompt or standard input`;
  manages(program, parts, 'app', 'apps', 'what is registered with RingCentral', (given) => appBody(given as AppFlags))
    .description(`create an App; its client secret is ${secret}`)
    .option('--platform-origin <URL>', 'where its platform is', 'https://platform.ringcentral.com')
    .option('--media-origin <URL>', 'where its media are, if apart')
    .option('--ringcx-origin <URL>', 'where its RingCX is, if apart')
    .option('--client-id <ID>', 'its client id')
    .option('--public', 'it has no client secret');
  manages(program, parts, 'connection', 'connections', 'the names under which Clients reach an extension', (given) => connectionBody(given as ConnectionFlags))
    .description(`create a Connection; its password or refresh token is ${secret}`)
    .option('--app <NAME>', 'its App')
    .option('--username <NAME>', 'sign in with this user name, and a password')
    .option('--extension <NUMBER>', 'of that user')
    .option('--refresh-token', 'sign in with a refresh token')
    .option('--keep <alive|fresh>', 'fresh: a token is always ready')
    .option('--label <key=value...>', 'whatever you want to find it by')
    .option('--verify', 'sign in at once');
  manages(program, parts, 'client', 'clients', 'the programs that call the gateway', (given) => clientBody(given as ClientFlags))
    .description('create a Client; its gateway key is in the answer, this once')
    .option('--connection <NAME...>', 'the Connections it may use; the first is its own where it names none')
    .option('--username <NAME>', `of its legacy login, whose password is ${secret}`)
    .option('--extension <NUMBER>', 'of its legacy login')
    .option('--policy <JSON>', 'what it may do, {"token": true, "ipAllow": ["192.0.2.0/24"]} for example');
}

/** @returns `add`, which takes the flags of its kind */
function manages<Config>(
  program: Command,
  parts: CliParts<Config>,
  name: 'app' | 'connection' | 'client',
  kind: 'apps' | 'connections' | 'clients',
  description: string,
  bodyOf: (given: unknown) => Promise<object>,
): Command {
  const group = program.command(name).description(`${description}: list, show, add, remove`);
  const below = (verb: string, does: string) => withOptions(group.command(verb).description(does), parts, name);
  below('list', 'list them by name').action((given: Output) => tool(parts, given, (config) => listCommand(parts, config, kind, given)));
  below('show', 'show one')
    .argument('<name>')
    .action((which: string, given: Output) => tool(parts, given, (config) => showCommand(parts, config, kind, which, given)));
  below('remove', 'remove one that nothing else uses')
    .argument('<name>')
    .action((which: string, given: Output) => tool(parts, given, (config) => removeCommand(parts, config, kind, which, given)));
  return below('add', 'create one')
    .argument('[name]')
    .option('--json-body <FILE>', 'the whole body as the management API takes it; - reads standard input')
    .action((which: string | undefined, given: AddFlags) => tool(parts, given, (config) => addCommand(parts, config, kind, which, given, () => bodyOf(given))));
}

function command<Config>(program: Command, parts: CliParts<Config>, name: OptionRow['commands'][number], description: string): Command {
  return withOptions(program.command(name).description(description), parts, name);
}

function withOptions<Config>(made: Command, parts: CliParts<Config>, name: OptionRow['commands'][number]): Command {
  for (const { flag, value, env, fallback, means, commands } of Object.values(parts.options)) {
    if (!commands.includes(name)) continue;
    made.addOption(new Option(`${flag} <${value}>`, `${means} (${env}${fallback ? `; ${fallback}` : ''})`));
  }
  const serves = name === 'start' || name === 'serve' || name === 'sandbox';
  return serves ? made : made.option('--json', 'print JSON');
}

/** Runs a command that looks or changes, and ends. Its stderr is for its own line, so the log keeps to errors. */
function tool<Config>(parts: CliParts<Config>, given: object, action: (config: Config) => Promise<unknown>): Promise<void> {
  return run(parts, { logLevel: process.env.TRUNKLINE_LOG_LEVEL || 'error', ...given }, async (config) => {
    if ((await action(config)) === false) process.exitCode = 1;
  });
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
