import { Command, Option } from 'commander';
import type { ManagedKind } from '../domain/management.ts';
import { type AppFlags, appBody } from './app.ts';
import { addSecretCommand, listSecretsCommand, removeSecretCommand } from './app-secret.ts';
import { type CalibrateFlags, calibrateCommand } from './calibrate.ts';
import { type CallFlags, callCommand } from './call.ts';
import { type ClientFlags, clientBody } from './client.ts';
import { type AddKeyFlags, addKeyCommand, listKeysCommand, removeKeyCommand } from './client-key.ts';
import { type ConnectFlags, connectCommand } from './connect.ts';
import { type ChangeFlags, type ConnectionFlags, type CredentialFlags, connectionBody, credentialsBody } from './connection.ts';
import { type DoctorFlags, doctorCommand, doctorWithoutSettings } from './doctor.ts';
import { type ExplainFlags, explainCommand } from './explain-request.ts';
import { type FreezeFlags, freezeCommand, thawCommand } from './freeze.ts';
import { type ImportFlags, importCommand } from './import.ts';
import { type AddFlags, addCommand, type BodyFlags, credentialsCommand, listCommand, removeCommand, setCommand, showCommand } from './manage.ts';
import type { CliParts, OptionRow } from './ports.ts';
import type { Output } from './print.ts';
import { checkScenarioCommand, sandboxCommand, scenarioSchemaCommand } from './sandbox.ts';
import { CommandFailed, failureLine } from './say.ts';
import { readSecret, SECRET_VARIABLE } from './secret-input.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { type TokenFlags, tokenCommand } from './token.ts';
import { type WeatherFlags, weatherCommand } from './weather.ts';

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
  addManagement(program, parts);
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

function addManagement<Config>(program: Command, parts: CliParts<Config>): void {
  const secret = `read from ${SECRET_VARIABLE}, a prompt or standard input`;
  const apps = manages(program, parts, {
    name: 'app',
    kind: 'apps',
    noun: 'App',
    meaning: 'what is registered with RingCentral',
    add: `create an App; its client secret is ${secret}`,
    more: ['secret'],
    bodyOf: (given) => appBody(given as unknown as AppFlags, readSecret),
  });
  addAppSecrets(apps.group, parts, secret);
  apps.add
    .option('--platform-origin <URL>', 'where its platform is', 'https://platform.ringcentral.com')
    .option('--media-origin <URL>', "where its media are; RingCentral's own for its platform, else as --platform-origin")
    .option('--ringcx-origin <URL>', "where its RingCX is; RingCentral's own for its platform, else as --platform-origin")
    .option('--client-id <ID>', 'its client id in the developer console')
    .option('--public', 'it is a public App, which has no client secret')
    .option('--access-token-ttl-seconds <SECONDS>', 'the lifetime to ask for its access tokens; RingCentral takes 600 to 3600')
    .option('--refresh-token-ttl-seconds <SECONDS>', 'the lifetime to ask for its refresh tokens; 0 or -1: it wants none')
    .option('--endpoint-id <ID>', 'by which the platform knows this installation')
    .option('--token-requests-per-minute <NUMBER>', 'its limit of token requests, where another than the usual one was agreed with RingCentral')
    .option('--redirect-uri <URI...>', 'its redirect URIs, as registered in the developer console')
    .option('--return-to <URL...>', 'where people may be sent after they have signed in');
  const connections = manages(program, parts, {
    name: 'connection',
    kind: 'connections',
    noun: 'Connection',
    meaning: 'the lasting names under which Clients reach an extension',
    add: `create a Connection; its password, JWT or refresh token is ${secret}`,
    more: ['set', 'weather', 'credentials', 'import'],
    bodyOf: (given) => connectionBody(given as ConnectionFlags, readSecret),
  });
  credentialOptions(connections.add.option('--app <NAME>', 'the App it signs in with'))
    .option('--keep <alive|fresh>', KEEP)
    .option('--label <key=value...>', 'what you want to find it by; more than one may follow')
    .option(VERIFY, 'sign in at once, and create nothing where that fails');
  connections
    .below('set', 'change the labels of the Connection of this name, and how it is kept')
    .argument('<name>', 'of the Connection')
    .option('--keep <alive|fresh>', KEEP)
    .option('--label <key=value...>', 'set these labels; the others stay')
    .option('--remove-label <key...>', 'take these labels away')
    .action((which: string, given: ChangeFlags & Output) => tool(parts, given, (config) => setCommand(parts, config, which, given)));
  connections
    .below('weather', 'what each App keeps alive and could, and which Connections die within some days unless somebody acts')
    .option('--days <N>', 'how many days ahead, 1 to 90; 7 where absent')
    .action((given: WeatherFlags) => tool(parts, given, (config) => weatherCommand(parts, config, given)));
  const credentials = connections
    .below('credentials', `give the Connection of this name other credentials; the password, JWT or refresh token is ${secret}`)
    .argument('<name>', 'of the Connection')
    .option(JSON_BODY, WHOLE_BODY);
  credentialOptions(credentials).action((which: string, given: BodyFlags) =>
    tool(parts, given, (config) =>
      credentialsCommand(parts, config, which, given, {
        described: describedBy(credentials, parts),
        fromFlags: () => credentialsBody(given as CredentialFlags, readSecret),
      }),
    ),
  );
  connections
    .below('import', 'store many Connections, unproven, from CSV with the names of the columns in its first line, or a JSON object per line')
    .argument('<file>', '- is standard input')
    .option('--app <NAME>', 'the App of the rows that name none')
    .option('--format <csv|ndjson>', 'ndjson where the name of the file ends in .ndjson or .jsonl, else csv')
    .option('--dry-run', 'only say what would be stored')
    .option('--yes', 'the program that has refreshed these tokens until now has stopped; asked for on a terminal')
    .action((file: string, given: ImportFlags) => tool(parts, given, (config) => importCommand(parts, config, file, given)));
  const clients = manages(program, parts, {
    name: 'client',
    kind: 'clients',
    noun: 'Client',
    meaning: 'the programs that call the gateway',
    add: 'create a Client; its gateway key is in the answer, this once',
    more: ['key', 'explain'],
    bodyOf: (given) => clientBody(given as ClientFlags, readSecret),
  });
  addClientKeys(clients.group, parts);
  clients
    .below('explain', 'say which rule decides about a request of this Client, without making it')
    .argument('<name>', 'of the Client')
    .argument('<method>', 'GET, POST, …')
    .argument('<path>', 'as it stands in the request line: /restapi/…')
    .option('--address <IP>', 'where the connection comes from; 127.0.0.1 where absent')
    .option('--connection <NAME>', 'the Connection that the request names; its first where absent')
    .action((which: string, method: string, path: string, given: ExplainFlags) =>
      tool(parts, given, (config) => explainCommand(parts, config, [which, method, path], given)),
    );
  clients.add
    .option('--connection <NAME...>', 'the Connections it may use; the first is used where it names none')
    .option('--username <NAME>', `the user name of its legacy login, whose password is ${secret}`)
    .option('--extension <NUMBER>', 'the extension number of its legacy login')
    .option('--limits <JSON>', 'what it may take of a node, {"requestsPerSecond": 10, "concurrency": 20} for example; absent: see docs/limits.md')
    .option('--policy <JSON>', 'what it may do, {"token": true, "ipAllow": ["192.0.2.0/24"]} for example; absent: everything on its Connections');
}

function addClientKeys<Config>(group: Command, parts: CliParts<Config>): void {
  const keys = group.command('key').description('the gateway keys of a Client, of which two are good while one is rotated: add, list, remove');
  const below = (verb: string, does: string) =>
    withOptions(keys.command(verb).description(does), parts, 'client').argument('<client>', 'the name of the Client');
  below('add', 'make a newer gateway key, which is in the answer, this once; the present one stays good')
    .option('--overlap-seconds <SECONDS>', 'for so long only; until it is removed where absent')
    .action((client: string, given: AddKeyFlags) => tool(parts, given, (config) => addKeyCommand(parts, config, client, given)));
  below('list', 'list them, oldest first; never the keys themselves').action((client: string, given: Output) =>
    tool(parts, given, (config) => listKeysCommand(parts, config, client, given)),
  );
  below('remove', 'end one of them')
    .argument('<id>', 'as `list` shows it')
    .action((client: string, id: string, given: Output) => tool(parts, given, (config) => removeKeyCommand(parts, config, client, id, given)));
}

function addAppSecrets<Config>(group: Command, parts: CliParts<Config>, secret: string): void {
  const secrets = group.command('secret').description('the client secrets of an App, while one is rolled: add, list, remove');
  const below = (verb: string, does: string) => withOptions(secrets.command(verb).description(does), parts, 'app').argument('<app>', 'the name of the App');
  below('add', `give the App a newer client secret, ${secret}; the older ones stay, for where RingCentral refuses it`).action((app: string, given: Output) =>
    tool(parts, given, (config) => addSecretCommand(parts, config, app, given)),
  );
  below('list', 'list them, newest first; never the secrets themselves').action((app: string, given: Output) =>
    tool(parts, given, (config) => listSecretsCommand(parts, config, app, given)),
  );
  below('remove', 'remove one of them')
    .argument('<id>', 'as `list` shows it')
    .action((app: string, id: string, given: Output) => tool(parts, given, (config) => removeSecretCommand(parts, config, app, id, given)));
}

function credentialOptions(made: Command): Command {
  return made
    .option('--username <NAME>', 'sign in with this user name, and a password')
    .option('--extension <NUMBER>', 'the extension number, where --username is the number of a whole company')
    .option('--jwt', 'sign in with a JWT credential of the developer console')
    .option('--refresh-token', 'sign in with a refresh token')
    .option('--client-credentials', 'the App itself signs in, without a user: for trusted partners, with the flags that follow')
    .option('--brand-id <ID>', 'the brand: alone, to look up numbers')
    .option('--account-id <ID>', 'the account')
    .option('--partner-account-id <ID>', "the account, by the partner's own number, with --brand-id");
}

const JSON_BODY = '--json-body <FILE>';
const WHOLE_BODY = 'the whole body as the management API takes it, in place of the flags that describe it; - reads standard input';
const VERIFY = '--verify';
const KEEP = 'alive (the default): refreshed when used, or before it would die; fresh: a token is always ready';

/** The flags that were given to describe the body of a request. */
function describedBy<Config>(made: Command, parts: CliParts<Config>): string[] {
  const others = new Set([...Object.values(parts.options).map(({ flag }) => flag), '--json', '--json-body', VERIFY]);
  return made.options
    .filter((option) => made.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long ?? '')
    .filter((flag) => !others.has(flag));
}

/** A command that manages one kind of thing. */
interface Managing {
  readonly name: 'app' | 'connection' | 'client';
  readonly kind: ManagedKind;
  readonly noun: 'App' | 'Connection' | 'Client';
  /** What its plural means. */
  readonly meaning: string;
  /** What `add` does. */
  readonly add: string;
  /** What it is told besides list, show, add and remove. */
  readonly more?: readonly string[];
  /** The body that the flags of `add` describe. */
  bodyOf(given: object): Promise<object>;
}

/** @returns its commands; `add`, which takes the flags of its kind, and a way to make more commands below this one */
function manages<Config>(
  program: Command,
  parts: CliParts<Config>,
  { name, kind, noun, meaning, add, more = [], bodyOf }: Managing,
): { readonly group: Command; readonly add: Command; below(verb: string, does: string): Command } {
  const group = program.command(name).description(`${noun}s, ${meaning}: ${['list', 'show', 'add', ...more, 'freeze', 'thaw', 'remove'].join(', ')}`);
  const below = (verb: string, does: string) => withOptions(group.command(verb).description(does), parts, name);
  below('list', `list the ${noun}s by name`).action((given: Output) => tool(parts, given, (config) => listCommand(parts, config, kind, given)));
  below('show', `show the ${noun} of this name`)
    .argument('<name>', `of the ${noun}`)
    .action((which: string, given: Output) => tool(parts, given, (config) => showCommand(parts, config, kind, which, given)));
  below('remove', `remove the ${noun} of this name, ${noun === 'Client' ? 'with its gateway key and legacy logins' : 'which nothing may use any more'}`)
    .argument('<name>', `of the ${noun}`)
    .action((which: string, given: Output) => tool(parts, given, (config) => removeCommand(parts, config, kind, which, given)));
  const all = (made: Command, does: string) =>
    kind === 'apps' ? made.argument('[name]', 'of the App').option('--all', does) : made.argument('<name>', `of the ${noun}`);
  all(below('freeze', `stop the ${noun} of this name within a second, on every node: its tokens are kept, and nobody gets to use them`), 'stop everything')
    .option('--reason <TEXT>', 'why, for whoever meets it later')
    .action((which: string | undefined, given: FreezeFlags) => tool(parts, given, (config) => freezeCommand(parts, config, kind, which, given)));
  all(below('thaw', `end the stop of the ${noun} of this name`), 'end the stop of everything').action((which: string | undefined, given: FreezeFlags) =>
    tool(parts, given, (config) => thawCommand(parts, config, kind, which, given)),
  );
  const adding = below('add', add).argument('[name]', 'absent where --json-body holds it').option(JSON_BODY, WHOLE_BODY);
  adding.action((which: string | undefined, given: AddFlags) =>
    tool(parts, given, (config) => addCommand(parts, config, kind, which, given, { described: describedBy(adding, parts), fromFlags: () => bodyOf(given) })),
  );
  return { group, add: adding, below };
}

function command<Config>(program: Command, parts: CliParts<Config>, name: OptionRow['commands'][number], description: string): Command {
  return withOptions(program.command(name).description(description), parts, name);
}

function withOptions<Config>(made: Command, parts: CliParts<Config>, name: OptionRow['commands'][number]): Command {
  for (const { flag, value, env, fallback, means, commands } of Object.values(parts.options)) {
    if (!commands.includes(name)) continue;
    made.addOption(new Option(`${flag} ${value.startsWith('[') ? value : `<${value}>`}`, `${means} (${env}${fallback ? `; default ${fallback}` : ''})`));
  }
  const serves = name === 'start' || name === 'serve' || name === 'sandbox';
  return serves ? made : made.option('--json', 'print JSON, for programs');
}

/** Runs a command that looks or changes, and ends. Its stderr is for its own line, so nothing is logged. */
function tool<Config>(
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

interface Mistake {
  readonly option: string;
  readonly message: string;
}

async function run<Config>(
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
