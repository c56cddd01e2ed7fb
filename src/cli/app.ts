import { CommandFailed } from './say.ts';
import type { AskSecret } from './secret-input.ts';

/** The flags of `trunkline app add`. */
export interface AppFlags {
  readonly platformOrigin: string;
  readonly mediaOrigin?: string;
  readonly ringcxOrigin?: string;
  readonly clientId?: string;
  readonly public?: boolean;
}

/**
 * The body of `POST apps` that the flags describe, but for its name; asks for the client secret, unless the App is public.
 *
 * @throws CommandFailed  a flag, or the secret, is missing
 */
export async function appBody({ platformOrigin, mediaOrigin, ringcxOrigin, clientId, public: isPublic }: AppFlags, askSecret: AskSecret): Promise<object> {
  if (clientId === undefined) throw new CommandFailed('--client-id is missing.');
  return {
    platformOrigin,
    ...(mediaOrigin !== undefined && { mediaOrigin }),
    ...(ringcxOrigin !== undefined && { ringcxOrigin }),
    clientId,
    ...(!isPublic && { clientSecret: await askSecret('The client secret') }),
  };
}
