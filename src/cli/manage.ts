import type { ManagedKind, ManagedObject } from '../domain/management.ts';
import { everyItem } from '../domain/page.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printObject, printTable } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';
import { readJsonBody } from './secret-input.ts';

const COLUMNS: Readonly<Record<ManagedKind, readonly string[]>> = {
  apps: ['name', 'platformOrigin', 'clientId', 'createdAt'],
  connections: ['name', 'app', 'state', 'ownerId', 'generation', 'expiresAt'],
  clients: ['name', 'connections', 'createdAt'],
};

/** `trunkline app|connection|client list` */
export async function listCommand<Config>(parts: CliParts<Config>, config: Config, kind: ManagedKind, { json }: Output): Promise<void> {
  const items = await withManagement(parts, config, async (management) => {
    const all: ManagedObject[] = [];
    for await (const item of everyItem((page) => management.list(kind, page))) all.push(item);
    return all;
  });
  if (json) printJson({ items });
  else printTable(COLUMNS[kind], items);
}

/** `trunkline app|connection|client show NAME` */
export async function showCommand<Config>(parts: CliParts<Config>, config: Config, kind: ManagedKind, name: string, output: Output): Promise<void> {
  print(await withManagement(parts, config, (management) => management.show(kind, name)), output);
}

/** `trunkline app|connection|client remove NAME` */
export async function removeCommand<Config>(parts: CliParts<Config>, config: Config, kind: ManagedKind, name: string, { json }: Output): Promise<void> {
  await withManagement(parts, config, (management) => management.remove(kind, name));
  if (json) printJson({ removed: name });
  else printLine(`Removed "${name}".`);
}

/** What `add` is given besides the flags of its kind. */
export interface AddFlags extends Output {
  readonly jsonBody?: string;
  readonly verify?: boolean;
}

/**
 * `trunkline app|connection|client add [NAME]`
 *
 * @param fromFlags  the body that the flags make; it asks for the secret that belongs to it
 */
export async function addCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  kind: ManagedKind,
  name: string | undefined,
  flags: AddFlags,
  fromFlags: () => Promise<object>,
): Promise<void> {
  if (name === undefined && flags.jsonBody === undefined) throw new CommandFailed('A name is missing; give it as the argument, or in --json-body.');
  const given = flags.jsonBody === undefined ? await fromFlags() : await readJsonBody(flags.jsonBody);
  const body = { ...given, ...(name !== undefined && { name }) };
  print(await withManagement(parts, config, (management) => management.create(kind, body, flags.verify)), flags);
}

function print(object: ManagedObject, { json }: Output): void {
  if (json) printJson(object);
  else printObject(object);
}
