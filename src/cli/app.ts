import { CommandFailed } from './say.ts';
import type { AskSecret } from './secret-input.ts';

/** The flags of `trunkline app add`. */
export interface AppFlags {
  readonly platformOrigin: string;
  readonly mediaOrigin?: string;
  readonly ringcxOrigin?: string;
  readonly clientId?: string;
  readonly public?: boolean;
  readonly accessTokenTtlSeconds?: string;
  readonly refreshTokenTtlSeconds?: string;
  readonly endpointId?: string;
  readonly tokenRequestsPerMinute?: string;
  readonly redirectUri?: readonly string[];
  readonly returnTo?: readonly string[];
}

const NUMBERS = ['accessTokenTtlSeconds', 'refreshTokenTtlSeconds', 'tokenRequestsPerMinute'] as const;

/**
 * The body of `POST apps` that the flags describe, but for its name; asks for the client secret, unless the App is public.
 *
 * @throws CommandFailed  a flag, or the secret, is missing
 */
export async function appBody(flags: AppFlags, askSecret: AskSecret): Promise<object> {
  const { platformOrigin, mediaOrigin, ringcxOrigin, clientId, redirectUri, returnTo, public: isPublic, endpointId } = flags;
  if (clientId === undefined) throw new CommandFailed('--client-id is missing.');
  return {
    platformOrigin,
    ...(mediaOrigin !== undefined && { mediaOrigin }),
    ...(ringcxOrigin !== undefined && { ringcxOrigin }),
    clientId,
    // What is no number is the gateway's to refuse, with the bounds.
    ...Object.fromEntries(NUMBERS.flatMap((name) => (flags[name] === undefined ? [] : [[name, Number(flags[name])]]))),
    ...(endpointId !== undefined && { endpointId }),
    ...(redirectUri && { redirectUris: redirectUri }),
    ...(returnTo && { returnTo }),
    ...(!isPublic && { clientSecret: await askSecret('The client secret') }),
  };
}
