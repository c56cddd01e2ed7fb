import type { Command } from 'commander';
import { type ChangeFlags, type ConnectionFlags, type CredentialFlags, connectionBody, credentialsBody } from './connection.ts';
import { type ImportFlags, importCommand } from './import.ts';
import { addKindCommands } from './kind-commands.ts';
import { type BodyFlags, credentialsCommand, setCommand } from './manage.ts';
import { describedBy, JSON_BODY, SECRET_SOURCE, VERIFY } from './options.ts';
import type { CliParts } from './ports.ts';
import type { Output } from './print.ts';
import { tool } from './run.ts';
import { readSecret } from './secret-input.ts';
import { type WeatherFlags, weatherCommand } from './weather.ts';

const KEEP = 'alive (the default): refreshed when used, or before it would die; fresh: a token is always ready';

/** `trunkline connection …` */
export function addConnectionCommands<Config>(program: Command, parts: CliParts<Config>): void {
  const { add, below } = addKindCommands(program, parts, {
    name: 'connection',
    kind: 'connections',
    noun: 'Connection',
    meaning: 'the lasting names under which Clients reach an extension',
    add: `create a Connection; its password, JWT or refresh token is ${SECRET_SOURCE}`,
    more: ['set', 'weather', 'credentials', 'import'],
    bodyOf: (given) => connectionBody(given as ConnectionFlags, readSecret),
  });
  credentialOptions(add.option('--app <NAME>', 'the App it signs in with'))
    .option('--keep <alive|fresh>', KEEP)
    .option('--label <key=value...>', 'what you want to find it by; more than one may follow')
    .option(VERIFY, 'sign in at once, and create nothing where that fails');
  below('set', 'change the labels of the Connection of this name, and how it is kept')
    .argument('<name>', 'of the Connection')
    .option('--keep <alive|fresh>', KEEP)
    .option('--label <key=value...>', 'set these labels; the others stay')
    .option('--remove-label <key...>', 'take these labels away')
    .action((which: string, given: ChangeFlags & Output) => tool(parts, given, (config) => setCommand(parts, config, which, given)));
  below('weather', 'what each App keeps alive and could, and which Connections die within some days unless somebody acts')
    .option('--days <N>', 'how many days ahead, 1 to 90; 7 where absent')
    .action((given: WeatherFlags) => tool(parts, given, (config) => weatherCommand(parts, config, given)));
  addCredentials(below('credentials', `give the Connection of this name other credentials; the password, JWT or refresh token is ${SECRET_SOURCE}`), parts);
  below('import', 'store many Connections, unproven, from CSV with the names of the columns in its first line, or a JSON object per line')
    .argument('<file>', '- is standard input')
    .option('--app <NAME>', 'the App of the rows that name none')
    .option('--format <csv|ndjson>', 'ndjson where the name of the file ends in .ndjson or .jsonl, else csv')
    .option('--dry-run', 'only say what would be stored')
    .option('--yes', 'the program that has refreshed these tokens until now has stopped; asked for on a terminal')
    .action((file: string, given: ImportFlags) => tool(parts, given, (config) => importCommand(parts, config, file, given)));
}

function addCredentials<Config>(credentials: Command, parts: CliParts<Config>): void {
  credentialOptions(credentials.argument('<name>', 'of the Connection').option(...JSON_BODY)).action((which: string, given: BodyFlags) =>
    tool(parts, given, (config) =>
      credentialsCommand(parts, config, which, given, {
        described: describedBy(credentials, parts),
        fromFlags: () => credentialsBody(given as CredentialFlags, readSecret),
      }),
    ),
  );
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
