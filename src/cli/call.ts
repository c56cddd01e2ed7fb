import type { PlatformAnswer, PlatformRequest } from '../ringcentral/calls/request.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine } from './print.ts';
import { withDatabase } from './reach.ts';
import { CommandFailed } from './say.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
// Stands for whatever origin the App has.
const ANY_ORIGIN = 'https://platform.invalid';

/** What `call` is given. */
export interface CallFlags extends Output {
  readonly connection: string;
  readonly data?: string;
}

/**
 * `trunkline call METHOD PATH --connection NAME`: one REST request, its answer on stdout.
 *
 * @returns whether the platform answered with a success
 * @throws CommandFailed  a gateway or a gateway key was named, and no database
 */
export async function callCommand<Config>(parts: CliParts<Config>, config: Config, method: string, path: string, flags: CallFlags): Promise<boolean> {
  const request = toRequest(method, path, flags.data);
  const { named, gatewayKey, databaseNamed } = parts.whereabouts(config);
  // Whoever sets these means a gateway, and the Policy of a Client; here neither would hold.
  const meant = [...(named ? ['TRUNKLINE_URL'] : []), ...(gatewayKey ? ['TRUNKLINE_KEY'] : [])].join(' and ');
  if (meant && !databaseNamed) {
    throw new CommandFailed(
      `call works on the database itself, past every gateway key and Policy, so it does not go with ${meant}; leave that out, or name the database with --database.`,
    );
  }
  const answer = await withDatabase(parts, config, (gateway) => gateway.call(flags.connection, request), 'call works on a database only');
  const good = answer.status >= 200 && answer.status < 300;
  if (flags.json) printJson({ status: answer.status, body: bodyOf(answer) });
  else {
    if (answer.text !== '') printLine(answer.text);
    if (!good) process.stderr.write(`trunkline: the platform answered ${answer.status}.\n`);
  }
  return good;
}

/**
 * The request that the words of the command line describe.
 *
 * @param data  the body, JSON
 * @throws CommandFailed  not a method, not a path, not JSON, a body for a GET
 */
export function toRequest(method: string, path: string, data: string | undefined): PlatformRequest {
  const known = METHODS.find((name) => name === method.toUpperCase());
  if (!known) throw new CommandFailed(`${JSON.stringify(method)} is not one of ${METHODS.join(', ')}.`);
  if (!staysOnOrigin(path)) throw new CommandFailed(`${JSON.stringify(path)} is not a path such as /restapi/v1.0/account/~/extension/~.`);
  if (known === 'GET' && data !== undefined)
    throw new CommandFailed('--data makes the body of a request, and a GET has none; put it into the query of the path.');
  // Whoever may open the database is asked for no Policy, so no Permission needs to be known.
  return { method: known, path, permission: '', ...(data !== undefined && { json: parse(data) }) };
}

// The token travels with the request, so a path that a URL parser takes for another host (`//host`, `/\host`) is refused.
function staysOnOrigin(path: string): boolean {
  return path.startsWith('/') && URL.canParse(path, ANY_ORIGIN) && new URL(path, ANY_ORIGIN).origin === ANY_ORIGIN;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new CommandFailed('--data is not JSON.');
  }
}

function bodyOf({ text }: PlatformAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
