import { Command } from 'commander';
import { addAppCommands } from './app-commands.ts';
import { type CalibrateFlags, calibrateCommand } from './calibrate.ts';
import { type CallFlags, callCommand } from './call.ts';
import { addClientCommands } from './client-commands.ts';
import { type ConnectFlags, connectCommand } from './connect.ts';
import { addConnectionCommands } from './connection-commands.ts';
import { type DoctorFlags, doctorCommand, doctorWithoutSettings } from './doctor.ts';
import { type ExplainOldFlags, explainOldCommand } from './explain.ts';
import { addFaxCommands } from './fax-commands.ts';
import { command } from './options.ts';
import type { CliParts } from './ports.ts';
import { run, tool } from './run.ts';
import { checkScenarioCommand, sandboxCommand, scenarioSchemaCommand } from './sandbox.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { type TokenFlags, tokenCommand } from './token.ts';

/**
 * The command line. Each command ends with exit status 0, or with 1 and one line on stderr; faulty settings have a line
 * each, and `doctor` says what failed on stdout.
 */
export function createProgram<Config>(parts: CliParts<Config>): Command {
  const program = new Command('trunkline')
    .description('A self-hosted access gateway for RingCentral.')
    .version(parts.version)
    .showHelpAfterError('(--help shows what there is)');

  command(program, parts, 'start', 'the gateway and, until an App of yours is configured, the sandbox beside it')
    .option('--remove-demo', 'remove the demo App, Connections and Client first, which makes room for the App that RC_APP_CLIENT_ID names')
    .action((given: Record<string, unknown>) =>
      // Whoever starts it by hand reads what it prints; the log would bury that.
      run(parts, { logLevel: process.env.TRUNKLINE_LOG_LEVEL || 'warn', ...given }, (config, environment) =>
        startCommand(parts, config, { removeDemo: given.removeDemo === true }, environment),
      ),
    );
  command(program, parts, 'serve', 'the gateway alone').action((given: Record<string, unknown>) => run(parts, given, (config) => serveCommand(parts, config)));
  addSandbox(program, parts);
  addTools(program, parts);
  addAppCommands(program, parts);
  addConnectionCommands(program, parts);
  addClientCommands(program, parts);
  addFaxCommands(program, parts);
  return program;
}

function addSandbox<Config>(program: Command, parts: CliParts<Config>): void {
  const sandbox = command(program, parts, 'sandbox', "RingCentral's platform on this machine, alone; not for production")
    // The options of a command below it are that command's own, though they may have the same names.
    .enablePositionalOptions()
    .option('--check', 'only look whether the scenario is good; exit status 1 where it is not')
    .action((given: Record<string, unknown>) =>
      run(parts, given, (config) => (given.check === true ? checkScenarioCommand(parts, config) : sandboxCommand(parts, config))),
    );
  sandbox
    .command('scenario-schema')
    .description('print the JSON Schema of a scenario, for editors')
    .action(() => run(parts, {}, () => scenarioSchemaCommand(parts)));
  command(sandbox, parts, 'calibrate', 'asks a real account what the sandbox claims of the platform; exit status 1 where they differ')
    .option('--allow-charges', 'ask what costs money too: a RingOut that is cancelled at once')
    .action((given: CalibrateFlags) => tool(parts, given, (config) => calibrateCommand(parts, config, given)));
}

function addTools<Config>(program: Command, parts: CliParts<Config>): void {
  command(program, parts, 'token', 'an access token of a Connection, on stdout')
    .argument('<connection>', 'its name')
    .option('--for <PLACE>', 'ringcx: a token of RingCX')
    .action((connection: string, given: TokenFlags) => tool(parts, given, (config) => tokenCommand(parts, config, connection, given)));
  command(program, parts, 'call', 'one REST request on a Connection, its answer on stdout')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'such as /restapi/v1.0/account/~/extension/~')
    .requiredOption('--connection <NAME>', 'the Connection on which it is sent')
    .option('--data <JSON>', 'its body')
    .action((method: string, path: string, given: CallFlags) => tool(parts, given, (config) => callCommand(parts, config, method, path, given)));
  command(program, parts, 'explain', 'says which REST requests an old request to ringout.asp or faxapi.asp becomes, as code; nothing is sent')
    .argument(
      '[request]',
      'a URL, a form, or a whole HTTP request; read from standard input where it is absent, which keeps a password out of the process list',
    )
    .option('--as <LANGUAGE>', 'curl, javascript, python, php, csharp or java', 'curl')
    .action((request: string | undefined, given: ExplainOldFlags) => tool(parts, given, (config) => explainOldCommand(parts, config, request, given)));
  command(program, parts, 'connect', 'lets you allow an App in your browser, and makes or repairs a Connection with what you allow')
    .argument('[name]', 'of the Connection; the name of the App where it is absent')
    .option('--app <NAME>', 'the App that is allowed')
    .option('--invite', 'print a link instead, with which somebody else connects, once')
    .option('--return-to <URL>', "with --invite: where they are led afterwards, one of the App's returnTo addresses")
    .option('--way <consent|jwt...>', 'with --invite: how they may connect; either way where it is absent')
    .option('--label <key=value...>', 'what you want to find the Connection by, where it is created')
    .option('--no-browser', 'only print the address to open')
    .option('--list', 'list the links that were made, without what opens them')
    .option('--revoke <ID>', 'end the link of this id, which --list shows')
    .action((name: string | undefined, given: ConnectFlags) => tool(parts, given, (config) => connectCommand(parts, config, name, given)));
  command(program, parts, 'doctor', 'looks at everything a gateway needs, and says what to do; exit status 1 where something fails')
    .option('--sign-in <CONNECTION>', 'sign this Connection in, unless it has a Grant, and ask the platform with its token')
    .action((given: DoctorFlags) =>
      tool(
        parts,
        given,
        (config) => doctorCommand(parts, config, given),
        (mistakes) => doctorWithoutSettings(mistakes, given),
      ),
    );
}
