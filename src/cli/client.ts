import { CommandFailed } from './say.ts';
import type { AskSecret } from './secret-input.ts';

/** The flags of `trunkline client add`. */
export interface ClientFlags {
  readonly connection?: readonly string[];
  readonly username?: string;
  readonly extension?: string;
  /** JSON. */
  readonly policy?: string;
  /** JSON. */
  readonly limits?: string;
  /** That an App's client id and secret are what it signs in with. */
  readonly bridge?: boolean;
  readonly bridgeClientId?: string;
  /** That it has no client secret. */
  readonly bridgePublic?: boolean;
  readonly bridgeRedirectUri?: readonly string[];
  readonly bridgeOrigin?: readonly string[];
}

/**
 * The body of `POST clients` that the flags describe, but for its name; asks for the password of the legacy login and
 * for the client secret of the Bridge, if they are described. The login leads to the first Connection.
 *
 * @throws CommandFailed  flags are missing or cannot be read, all of them at once; or the password is missing
 */
export async function clientBody(flags: ClientFlags, askSecret: AskSecret): Promise<object> {
  const { connection: connections = [], username, extension, policy, limits, bridgeClientId, bridgePublic } = flags;
  const [first] = connections;
  const [rules, held] = [policy, limits].map((given) => (given === undefined ? undefined : jsonOf(given)));
  const mistakes = [
    ...(first === undefined ? ['--connection is missing.'] : []),
    ...(extension !== undefined && username === undefined ? ['--extension belongs to --username, which is missing.'] : []),
    ...(bridgePublic && bridgeClientId === undefined ? ['--bridge-public belongs to --bridge-client-id, which is missing.'] : []),
    ...(username !== undefined && bridgeClientId !== undefined && !bridgePublic
      ? ['--username and --bridge-client-id have a secret each: both go into --json-body.']
      : []),
    ...(policy === undefined || rules ? [] : ['--policy is not JSON, such as {"token": true}.']),
    ...(limits === undefined || held ? [] : ['--limits is not JSON, such as {"requestsPerSecond": 10}.']),
  ];
  if (mistakes.length > 0) throw new CommandFailed(mistakes.join(' '));
  const login = username !== undefined && {
    legacyLogins: [
      { username, ...(extension !== undefined && { extension }), password: await askSecret('The password of the legacy login'), connection: first },
    ],
  };
  return { connections, ...(rules && { policy: rules.value }), ...(held && { limits: held.value }), ...login, ...(await bridgeOf(flags, askSecret)) };
}

async function bridgeOf(flags: ClientFlags, askSecret: AskSecret): Promise<object> {
  const { bridge, bridgeClientId, bridgePublic, bridgeRedirectUri, bridgeOrigin } = flags;
  if (!bridge && bridgeClientId === undefined && !bridgeRedirectUri && !bridgeOrigin) return {};
  return {
    bridge: {
      ...(bridgeClientId !== undefined && { clientId: bridgeClientId }),
      ...(bridgeClientId !== undefined && !bridgePublic && { clientSecret: await askSecret('The client secret for the Bridge') }),
      ...(bridgeRedirectUri && { redirectUris: bridgeRedirectUri }),
      ...(bridgeOrigin && { origins: bridgeOrigin }),
    },
  };
}

/** @returns nothing where it is not JSON */
function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
