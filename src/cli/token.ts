import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine } from './print.ts';
import { withDatabase } from './reach.ts';

/**
 * `trunkline token CONNECTION`: an access token on stdout.
 *
 * With a gateway key it is asked of the gateway; without one it comes from the database, for whoever may open that and
 * has the vault key. The admin token gives no tokens.
 */
export async function tokenCommand<Config>(parts: CliParts<Config>, config: Config, connection: string, { json }: Output): Promise<void> {
  const { origin, gatewayKey } = parts.whereabouts(config);
  const token = gatewayKey
    ? await parts.requestToken(origin, gatewayKey, connection)
    : await withDatabase(parts, config, (gateway) => gateway.handOut(connection));
  if (json) printJson(token);
  else printLine(token.access_token);
}
