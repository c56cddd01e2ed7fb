import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printTable } from './print.ts';
import { withManagement } from './reach.ts';
import { readSecret } from './secret-input.ts';

/** `trunkline app secret add APP` */
export async function addSecretCommand<Config>(parts: CliParts<Config>, config: Config, app: string, { json }: Output): Promise<void> {
  const clientSecret = await readSecret('The newer client secret');
  const added = await withManagement(parts, config, (management) => management.addClientSecret(app, { clientSecret }));
  if (json) printJson(added);
  else printLine(`App "${app}" has client secret ${added.id}, which is presented first; the older ones are where RingCentral refuses it.`);
}

/** `trunkline app secret list APP` */
export async function listSecretsCommand<Config>(parts: CliParts<Config>, config: Config, app: string, { json }: Output): Promise<void> {
  const items = await withManagement(parts, config, (management) => management.listClientSecrets(app));
  if (json) printJson({ items });
  else
    printTable(
      ['id', 'createdAt', 'inUse'],
      items.map((item) => ({ ...item })),
    );
}

/** `trunkline app secret remove APP ID` */
export async function removeSecretCommand<Config>(parts: CliParts<Config>, config: Config, app: string, id: string, { json }: Output): Promise<void> {
  await withManagement(parts, config, (management) => management.removeClientSecret(app, id));
  if (json) printJson({ removed: id });
  else printLine(`Removed client secret ${id} of App "${app}".`);
}
