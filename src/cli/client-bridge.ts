import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printObject } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';
import { type AskSecret, readSecret } from './secret-input.ts';

/** The flags of `trunkline client bridge`; false where `--no-…` takes away. */
export interface BridgeFlags {
  readonly clientId?: string | false;
  readonly newSecret?: boolean;
  readonly public?: boolean;
  readonly redirectUri?: readonly string[] | false;
  readonly origin?: readonly string[] | false;
  readonly off?: boolean;
}

/**
 * The body of `PATCH clients/{name}` that the flags describe; asks for the client secret, if one belongs to them.
 *
 * @throws CommandFailed  they say nothing, or contradict each other; or the secret is missing
 */
export async function bridgeChangeBody(flags: BridgeFlags, askSecret: AskSecret): Promise<object> {
  const { clientId, newSecret, public: isPublic, redirectUri, origin, off } = flags;
  const mistakes = [
    ...(Object.values(flags).every((value) => value === undefined)
      ? ['Give what to change: --client-id, --new-secret, --public, --redirect-uri, --origin, or --off.']
      : []),
    ...(off && [clientId, newSecret, isPublic, redirectUri, origin].some((value) => value !== undefined)
      ? ['--off takes all away; leave out the others.']
      : []),
    ...(isPublic && newSecret ? ['--public and --new-secret contradict each other.'] : []),
    ...(clientId === false && (isPublic || newSecret) ? ['With --no-client-id there is no secret; leave out --public and --new-secret.'] : []),
  ];
  if (mistakes.length > 0) throw new CommandFailed(mistakes.join(' '));
  if (off) return { bridge: null };
  const wantsSecret = !isPublic && (newSecret || typeof clientId === 'string');
  return {
    bridge: {
      ...(clientId !== undefined && { clientId: clientId || null }),
      ...(isPublic && { clientSecret: null }),
      ...(wantsSecret && { clientSecret: await askSecret('The client secret for the Bridge') }),
      ...(redirectUri !== undefined && { redirectUris: redirectUri || [] }),
      ...(origin !== undefined && { origins: origin || [] }),
    },
  };
}

/** `trunkline client bridge NAME` */
export async function bridgeCommand<Config>(parts: CliParts<Config>, config: Config, client: string, { json, ...flags }: BridgeFlags & Output): Promise<void> {
  const { clientId, newSecret, public: isPublic, redirectUri, origin, off } = flags;
  const body = await bridgeChangeBody({ clientId, newSecret, public: isPublic, redirectUri, origin, off } as BridgeFlags, readSecret);
  const changed = await withManagement(parts, config, (management) => management.changeClient(client, body));
  if (json) printJson(changed);
  else printObject(changed);
}

/** `trunkline client sign-out NAME` */
export async function signOutCommand<Config>(parts: CliParts<Config>, config: Config, client: string, { json }: Output): Promise<void> {
  const ended = await withManagement(parts, config, (management) => management.endSessions(client));
  if (json) printJson({ ended });
  else printLine(`Ended ${ended} session${ended === 1 ? '' : 's'} of Client "${client}"; its programs sign in again.`);
}
