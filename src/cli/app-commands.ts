import type { Command } from 'commander';
import { type AppFlags, appBody } from './app.ts';
import { addSecretCommand, listSecretsCommand, removeSecretCommand } from './app-secret.ts';
import { addKindCommands } from './kind-commands.ts';
import { SECRET_SOURCE, withOptions } from './options.ts';
import type { CliParts } from './ports.ts';
import type { Output } from './print.ts';
import { tool } from './run.ts';
import { readSecret } from './secret-input.ts';

/** `trunkline app …` */
export function addAppCommands<Config>(program: Command, parts: CliParts<Config>): void {
  const { group, add } = addKindCommands(program, parts, {
    name: 'app',
    kind: 'apps',
    noun: 'App',
    meaning: 'what is registered with RingCentral',
    add: `create an App; its client secret is ${SECRET_SOURCE}`,
    more: ['secret'],
    bodyOf: (given) => appBody(given as unknown as AppFlags, readSecret),
  });
  addAppSecrets(group, parts);
  add
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
}

function addAppSecrets<Config>(group: Command, parts: CliParts<Config>): void {
  const secrets = group.command('secret').description('the client secrets of an App, while one is rolled: add, list, remove');
  const below = (verb: string, does: string) => withOptions(secrets.command(verb).description(does), parts, 'app').argument('<app>', 'the name of the App');
  below('add', `give the App a newer client secret, ${SECRET_SOURCE}; the older ones stay, for where RingCentral refuses it`).action(
    (app: string, given: Output) => tool(parts, given, (config) => addSecretCommand(parts, config, app, given)),
  );
  below('list', 'list them, newest first; never the secrets themselves').action((app: string, given: Output) =>
    tool(parts, given, (config) => listSecretsCommand(parts, config, app, given)),
  );
  below('remove', 'remove one of them')
    .argument('<id>', 'as `list` shows it')
    .action((app: string, id: string, given: Output) => tool(parts, given, (config) => removeSecretCommand(parts, config, app, id, given)));
}
