import type { ManagedKind, ManagedObject } from '../domain/management.ts';
import { everyItem } from '../domain/page.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printObject, printTable } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';
import { readJsonBody, readSecret } from './secret-input.ts';

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

/** The flags of `app add`. */
export interface AppFlags {
  readonly platformOrigin?: string;
  readonly mediaOrigin?: string;
  readonly ringcxOrigin?: string;
  readonly clientId?: string;
  readonly public?: boolean;
}

export async function appBody({ platformOrigin, mediaOrigin, ringcxOrigin, clientId, public: isPublic }: AppFlags): Promise<object> {
  if (clientId === undefined) throw new CommandFailed('--client-id is missing.');
  return {
    platformOrigin,
    ...(mediaOrigin !== undefined && { mediaOrigin }),
    ...(ringcxOrigin !== undefined && { ringcxOrigin }),
    clientId,
    ...(!isPublic && { clientSecret: await readSecret('The client secret') }),
  };
}

/** The flags of `connection add`. */
export interface ConnectionFlags {
  readonly app?: string;
  readonly username?: string;
  readonly extension?: string;
  readonly refreshToken?: boolean;
  readonly keep?: string;
  readonly label?: readonly string[];
}

export async function connectionBody({ app, username, extension, refreshToken, keep, label = [] }: ConnectionFlags): Promise<object> {
  if (app === undefined) throw new CommandFailed('--app is missing.');
  if ((username === undefined) === !refreshToken) throw new CommandFailed('Give either --username or --refresh-token; other credentials go into --json-body.');
  const credential = refreshToken
    ? { kind: 'refresh_token', refreshToken: await readSecret('The refresh token') }
    : { kind: 'password', username, ...(extension !== undefined && { extension }), password: await readSecret('The password') };
  return { app, ...(keep !== undefined && { keep }), ...(label.length > 0 && { labels: labelsOf(label) }), credentials: [credential] };
}

/** The flags of `client add`. */
export interface ClientFlags {
  readonly connection?: readonly string[];
  readonly username?: string;
  readonly extension?: string;
  readonly policy?: string;
}

export async function clientBody({ connection: connections = [], username, extension, policy }: ClientFlags): Promise<object> {
  const [first] = connections;
  if (first === undefined) throw new CommandFailed('--connection is missing.');
  const login = username !== undefined && {
    legacyLogins: [
      { username, ...(extension !== undefined && { extension }), password: await readSecret('The password of the legacy login'), connection: first },
    ],
  };
  return { connections, ...(policy !== undefined && { policy: policyOf(policy) }), ...login };
}

function labelsOf(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((label) => {
      const at = label.indexOf('=');
      if (at < 1) throw new CommandFailed(`--label ${label} is not of the form key=value.`);
      return [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}

function policyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailed('--policy is not JSON, such as {"token": true}.');
  }
}

function print(object: ManagedObject, { json }: Output): void {
  if (json) printJson(object);
  else printObject(object);
}
