import { command as call } from './call.ts';
import { command as cancel } from './cancel.ts';
import { command as list } from './list.ts';
import { command as status } from './status.ts';

const COMMANDS = [list, call, status, cancel] as const;

/** A value of `cmd`; the module of that name reads, translates and answers it. */
export type CommandName = (typeof COMMANDS)[number];

/** The command that `cmd` names, in any case. */
export function findCommand(cmd: string | undefined): CommandName | undefined {
  const name = cmd?.trim().toLowerCase();
  return COMMANDS.find((command) => command === name);
}
