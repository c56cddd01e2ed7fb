import { type Command, Option } from 'commander';
import type { CliParts, OptionRow } from './ports.ts';
import { SECRET_VARIABLE } from './secret-input.ts';

/** Where the secret of a command comes from, for its help. */
export const SECRET_SOURCE = `read from ${SECRET_VARIABLE}, a prompt or standard input`;

/** The option in place of the flags that describe a body. */
export const JSON_BODY = [
  '--json-body <FILE>',
  'the whole body as the management API takes it, in place of the flags that describe it; - reads standard input',
] as const;

/** The flag that has a Connection sign in at once; it describes nothing of the body. */
export const VERIFY = '--verify';

/** A command below another one, with the options of the option table that are for it. */
export function command<Config>(program: Command, parts: CliParts<Config>, name: OptionRow['commands'][number], description: string): Command {
  return withOptions(program.command(name).description(description), parts, name);
}

/** Gives a command the options of the table that are for `name`, and `--json` where it prints a result. */
export function withOptions<Config>(made: Command, parts: CliParts<Config>, name: OptionRow['commands'][number]): Command {
  for (const { flag, value, env, fallback, means, commands } of Object.values(parts.options)) {
    if (!commands.includes(name)) continue;
    made.addOption(new Option(`${flag} ${value.startsWith('[') ? value : `<${value}>`}`, `${means} (${env}${fallback ? `; default ${fallback}` : ''})`));
  }
  const serves = name === 'start' || name === 'serve' || name === 'sandbox';
  return serves ? made : made.option('--json', 'print JSON, for programs');
}

/** The flags that were given to describe the body of a request. */
export function describedBy<Config>(made: Command, parts: CliParts<Config>): string[] {
  const others = new Set([...Object.values(parts.options).map(({ flag }) => flag), '--json', '--json-body', VERIFY]);
  return made.options
    .filter((option) => made.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long ?? '')
    .filter((flag) => !others.has(flag));
}
