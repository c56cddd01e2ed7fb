import type { TokenFor } from '../domain/management.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine } from './print.ts';
import { withDatabase } from './reach.ts';
import { CommandFailed } from './say.ts';

/** Flags of `trunkline token`. */
export interface TokenFlags extends Output {
  readonly for?: string;
}

/**
 * `trunkline token CONNECTION [--for ringcx]`: an access token on stdout.
 *
 * With a gateway key it is asked of the gateway; without one it comes from the database, for whoever may open that and
 * has the vault key. The admin token gives no tokens.
 *
 * @throws CommandFailed  `--for` names something else; a gateway was named without a key; or there is neither key nor database
 */
export async function tokenCommand<Config>(parts: CliParts<Config>, config: Config, connection: string, { json, for: place }: TokenFlags): Promise<void> {
  const wanted = tokenFor(place);
  const { origin, gatewayKey, named, databaseNamed } = parts.whereabouts(config);
  // A gateway that was named is the one that is meant: a token of another would look just like its own.
  if (named && !gatewayKey) {
    throw new CommandFailed(
      `TRUNKLINE_URL names the gateway at ${origin}, which gives tokens for a gateway key only; set TRUNKLINE_KEY, or leave TRUNKLINE_URL out to use the database.`,
    );
  }
  // A database that was named is the one that is meant, as everywhere.
  const token =
    gatewayKey && (named || !databaseNamed)
      ? await parts.requestToken(origin, gatewayKey, connection, wanted)
      : await withDatabase(parts, config, (gateway) => gateway.handOut(connection, wanted), 'set TRUNKLINE_KEY to ask it with a gateway key');
  if (json) printJson(token);
  else printLine(token.access_token);
}

function tokenFor(place: string | undefined): TokenFor {
  if (place === undefined || place === 'ringcx') return place;
  throw new CommandFailed(`--for takes "ringcx"; leave it out for a token of RingCentral's platform.`);
}
