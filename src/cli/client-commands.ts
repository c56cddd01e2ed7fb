import type { Command } from 'commander';
import { type ClientFlags, clientBody } from './client.ts';
import { type BridgeFlags, bridgeCommand, signOutCommand } from './client-bridge.ts';
import { type AddKeyFlags, addKeyCommand, listKeysCommand, removeKeyCommand } from './client-key.ts';
import { type ExplainFlags, explainCommand } from './explain-request.ts';
import { addKindCommands } from './kind-commands.ts';
import { SECRET_SOURCE, withOptions } from './options.ts';
import type { CliParts } from './ports.ts';
import type { Output } from './print.ts';
import { tool } from './run.ts';
import { readSecret } from './secret-input.ts';

/** `trunkline client …` */
export function addClientCommands<Config>(program: Command, parts: CliParts<Config>): void {
  const { group, add, below } = addKindCommands(program, parts, {
    name: 'client',
    kind: 'clients',
    noun: 'Client',
    meaning: 'the programs that call the gateway',
    add: 'create a Client; its gateway key is in the answer, this once',
    more: ['bridge', 'sign-out', 'key', 'explain'],
    bodyOf: (given) => clientBody(given as ClientFlags, readSecret),
  });
  addClientKeys(group, parts);
  below('bridge', "change with what the Client of this name signs in at the platform's own paths; what is not named stays, and so do its sessions")
    .argument('<name>', 'of the Client')
    .option('--client-id <ID>', `a client id of its own, whose secret is ${SECRET_SOURCE}`)
    .option('--no-client-id', 'that of an App from now on')
    .option('--new-secret', `another secret, ${SECRET_SOURCE}`)
    .option('--public', 'that its client id has no secret')
    .option('--redirect-uri <URL...>', 'where a browser may be led back to: these alone')
    .option('--no-redirect-uri', 'nowhere')
    .option('--origin <ORIGIN...>', 'the pages that may call from a browser: these alone')
    .option('--no-origin', 'none')
    .option('--off', 'take all of it away')
    .action((which: string, given: BridgeFlags & Output) => tool(parts, given, (config) => bridgeCommand(parts, config, which, given)));
  below('sign-out', 'end all sessions that the Client of this name has begun through the Bridge, within a second on every node')
    .argument('<name>', 'of the Client')
    .action((which: string, given: Output) => tool(parts, given, (config) => signOutCommand(parts, config, which, given)));
  below('explain', 'say which rule decides about a request of this Client, without making it')
    .argument('<name>', 'of the Client')
    .argument('<method>', 'GET, POST, …')
    .argument('<path>', 'as it stands in the request line: /restapi/…')
    .option('--address <IP>', 'where the connection comes from; 127.0.0.1 where absent')
    .option('--connection <NAME>', 'the Connection that the request names; its first where absent')
    .action((which: string, method: string, path: string, given: ExplainFlags) =>
      tool(parts, given, (config) => explainCommand(parts, config, [which, method, path], given)),
    );
  add
    .option('--connection <NAME...>', 'the Connections it may use; the first is used where it names none')
    .option('--username <NAME>', `the user name of its legacy login, whose password is ${SECRET_SOURCE}`)
    .option('--extension <NUMBER>', 'the extension number of its legacy login')
    .option('--bridge', "that it signs in at the platform's own paths, as a program with an SDK does, with the client id and secret of an App")
    .option('--bridge-client-id <ID>', `a client id of its own for that, whose secret is ${SECRET_SOURCE}`)
    .option('--bridge-public', 'that this client id has no secret')
    .option('--bridge-redirect-uri <URL...>', 'where a browser may be led back to')
    .option('--bridge-origin <ORIGIN...>', 'the pages that may call from a browser, https://shop.example.com for example')
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
