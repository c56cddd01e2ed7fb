import { CommandFailed } from './say.ts';
import type { AskSecret } from './secret-input.ts';

/** The flags of `trunkline client add`. */
export interface ClientFlags {
  readonly connection?: readonly string[];
  readonly username?: string;
  readonly extension?: string;
  /** JSON. */
  readonly policy?: string;
}

/**
 * The body of `POST clients` that the flags describe, but for its name; asks for the password of the legacy login, if one
 * is described. The login leads to the first Connection.
 *
 * @throws CommandFailed  a flag is missing or cannot be read, or the password is missing
 */
export async function clientBody({ connection: connections = [], username, extension, policy }: ClientFlags, askSecret: AskSecret): Promise<object> {
  const [first] = connections;
  if (first === undefined) throw new CommandFailed('--connection is missing.');
  if (extension !== undefined && username === undefined) throw new CommandFailed('--extension belongs to --username, which is missing.');
  const readPolicy = policy !== undefined && { policy: policyOf(policy) };
  const login = username !== undefined && {
    legacyLogins: [
      { username, ...(extension !== undefined && { extension }), password: await askSecret('The password of the legacy login'), connection: first },
    ],
  };
  return { connections, ...readPolicy, ...login };
}

function policyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailed('--policy is not JSON, such as {"token": true}.');
  }
}
