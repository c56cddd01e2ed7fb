import type { Command } from 'commander';
import type { ManagedKind } from '../domain/management.ts';
import { type FreezeFlags, freezeCommand, thawCommand } from './freeze.ts';
import { type AddFlags, addCommand, listCommand, removeCommand, showCommand } from './manage.ts';
import { describedBy, JSON_BODY, withOptions } from './options.ts';
import type { CliParts } from './ports.ts';
import type { Output } from './print.ts';
import { tool } from './run.ts';

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

/**
 * Makes what every kind has: list, show, add, freeze, thaw, remove.
 *
 * @returns its commands; `add`, which takes the flags of its kind, and a way to make more commands below this one
 */
export function addKindCommands<Config>(
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
  addStops(below, parts, { kind, noun });
  const adding = below('add', add)
    .argument('[name]', 'absent where --json-body holds it')
    .option(...JSON_BODY);
  adding.action((which: string | undefined, given: AddFlags) =>
    tool(parts, given, (config) => addCommand(parts, config, kind, which, given, { described: describedBy(adding, parts), fromFlags: () => bodyOf(given) })),
  );
  return { group, add: adding, below };
}

function addStops<Config>(below: (verb: string, does: string) => Command, parts: CliParts<Config>, { kind, noun }: Pick<Managing, 'kind' | 'noun'>): void {
  const all = (made: Command, does: string) =>
    kind === 'apps' ? made.argument('[name]', 'of the App').option('--all', does) : made.argument('<name>', `of the ${noun}`);
  all(below('freeze', `stop the ${noun} of this name within a second, on every node: its tokens are kept, and nobody gets to use them`), 'stop everything')
    .option('--reason <TEXT>', 'why, for whoever meets it later')
    .action((which: string | undefined, given: FreezeFlags) => tool(parts, given, (config) => freezeCommand(parts, config, kind, which, given)));
  all(below('thaw', `end the stop of the ${noun} of this name`), 'end the stop of everything').action((which: string | undefined, given: FreezeFlags) =>
    tool(parts, given, (config) => thawCommand(parts, config, kind, which, given)),
  );
}
