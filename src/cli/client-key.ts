import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printTable } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';

/** The flags of `trunkline client key add`. */
export interface AddKeyFlags extends Output {
  readonly overlapSeconds?: string;
}

/** `trunkline client key add CLIENT` */
export async function addKeyCommand<Config>(parts: CliParts<Config>, config: Config, client: string, { json, overlapSeconds }: AddKeyFlags): Promise<void> {
  if (overlapSeconds !== undefined && !/^\d{1,8}$/.test(overlapSeconds)) throw new CommandFailed('--overlap-seconds must be a whole number of seconds.');
  const body = overlapSeconds === undefined ? {} : { overlapSeconds: Number(overlapSeconds) };
  const added = await withManagement(parts, config, (management) => management.addClientKey(client, body));
  if (json) printJson(added);
  else printLine(`Client "${client}" has gateway key ${added.id}, shown this once: ${added.key}`);
}

/** `trunkline client key list CLIENT` */
export async function listKeysCommand<Config>(parts: CliParts<Config>, config: Config, client: string, { json }: Output): Promise<void> {
  const items = await withManagement(parts, config, (management) => management.listClientKeys(client));
  if (json) printJson({ items });
  else
    printTable(
      ['id', 'createdAt', 'expiresAt'],
      items.map((item) => ({ ...item })),
    );
}

/** `trunkline client key remove CLIENT ID` */
export async function removeKeyCommand<Config>(parts: CliParts<Config>, config: Config, client: string, id: string, { json }: Output): Promise<void> {
  await withManagement(parts, config, (management) => management.removeClientKey(client, id));
  if (json) printJson({ removed: id });
  else printLine(`Removed gateway key ${id} of Client "${client}".`);
}
