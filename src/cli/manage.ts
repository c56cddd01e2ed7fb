import { GatewayError, InvalidRequest } from '../domain/errors.ts';
import type { ManagedKind, ManagedObject } from '../domain/management.ts';
import { everyItem } from '../domain/page.ts';
import { type ChangeFlags, changeBody, replacedLine } from './connection.ts';
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

/** What a command that sends a body is given besides the flags that describe it. */
export interface BodyFlags extends Output {
  readonly jsonBody?: string;
}

/** What `add` is given besides the flags that describe its body. */
export interface AddFlags extends BodyFlags {
  readonly verify?: boolean;
}

/** The body of a request: from `--json-body`, or from the flags that describe it. */
export interface BodySource {
  /** The flags that were given to describe it, `--app` for example. */
  readonly described: readonly string[];
  /** The body that they make; it asks for the secret that belongs to it. */
  fromFlags(): Promise<object>;
}

/** `trunkline app|connection|client add [NAME]` */
export async function addCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  kind: ManagedKind,
  name: string | undefined,
  flags: AddFlags,
  source: BodySource,
): Promise<void> {
  if (name === undefined && flags.jsonBody === undefined) throw new CommandFailed('A name is missing; give it as the argument, or in --json-body.');
  const body = { ...(await readBody(flags, source)), ...(name !== undefined && { name }) };
  print(await namingFlags(source, () => withManagement(parts, config, (management) => management.create(kind, body, flags.verify))), flags);
}

/** `trunkline connection credentials NAME` */
export async function credentialsCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  connection: string,
  flags: BodyFlags,
  source: BodySource,
): Promise<void> {
  const body = await readBody(flags, source);
  const replaced = await namingFlags(source, () => withManagement(parts, config, (management) => management.replaceCredentials(connection, body)));
  if (flags.json) printJson(replaced);
  else printLine(replacedLine(replaced));
}

/** `trunkline connection set NAME` */
export async function setCommand<Config>(parts: CliParts<Config>, config: Config, connection: string, flags: ChangeFlags & Output): Promise<void> {
  const body = changeBody(flags);
  print(await withManagement(parts, config, (management) => management.changeConnection(connection, body)), flags);
}

// What is given twice contradicts itself, and one of the two would be dropped without a word.
async function readBody({ jsonBody }: BodyFlags, { described, fromFlags }: BodySource): Promise<object> {
  if (jsonBody === undefined) return fromFlags();
  if (described.length > 0) throw new CommandFailed(`--json-body holds the whole body; leave out ${described.join(', ')}, or --json-body.`);
  return readJsonBody(jsonBody);
}

/** Where the flags made the body, its faults name them instead of the body's fields. */
async function namingFlags<Result>({ described }: BodySource, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'invalid_request' || described.length === 0) throw error;
    throw new InvalidRequest(error.faults.map(({ field, message }) => ({ field: flagFor(field, described) ?? field, message })));
  }
}

/** `--username` for `credentials/0/username`, `--connection` for `connections/0`; nothing where no flag that was given made the field. */
export function flagFor(field: string, described: readonly string[]): string | undefined {
  const [first = '', ...rest] = field.replace(/^(credentials|legacyLogins)\/\d+\//, '').split('/');
  const flag = `--${first.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const found = [flag, flag.replace(/s$/, '')].find((name) => described.includes(name));
  // A number says which of the flag's values, which it prints itself; what is in a Policy needs its own path.
  return found && [found, ...(found === '--policy' ? [rest.join('/')] : [])].join(' ').trim();
}

function print(object: ManagedObject, { json }: Output): void {
  if (json) printJson(object);
  else printObject(object);
}
