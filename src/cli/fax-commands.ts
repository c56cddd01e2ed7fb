import type { Command } from 'commander';
import { type FaxListFlags, faxCommand, faxListCommand } from './fax.ts';
import { withOptions } from './options.ts';
import type { CliParts } from './ports.ts';
import type { Output } from './print.ts';
import { tool } from './run.ts';

const ONE = [
  ['show', 'showFax', 'show how a fax stands: its recipients, and what happened to it'],
  ['withdraw', 'withdrawFax', 'withdraw a fax that RingCentral does not have yet: it is not sent'],
  ['tell', 'tellFax', 'tell whoever is told of faxes once more how it stands'],
] as const;

/** `trunkline fax …` */
export function addFaxCommands<Config>(program: Command, parts: CliParts<Config>): void {
  const group = program.command('fax').description('faxes that old programs have sent: list, show, withdraw, tell');
  const below = (verb: string, does: string) => withOptions(group.command(verb).description(does), parts, 'fax');
  below('list', 'list faxes, the newest first')
    .option('--state <STATE>', 'those that stand so: queued, sending, unclear, sent, delivered, failed or withdrawn')
    .option('--connection <NAME>', 'those of this Connection')
    .option('--client <NAME>', 'those of this Client')
    .option('--limit <N>', 'how many; 50 where absent')
    .action((given: FaxListFlags) => tool(parts, given, (config) => faxListCommand(parts, config, given)));
  for (const [verb, what, does] of ONE) {
    below(verb, does)
      .argument('<id>', 'of the fax, which `trunkline fax list` shows')
      .action((id: string, given: Output) => tool(parts, given, (config) => faxCommand(parts, config, what, id, given)));
  }
}
