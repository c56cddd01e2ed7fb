import { terminalPage } from '../connect/pages.ts';
import { loopbackRedirectUri } from '../connect/redirect-uri.ts';
import { GatewayError } from '../domain/errors.ts';
import type { ManagedObject, Management } from '../domain/management.ts';
import { everyItem } from '../domain/page.ts';
import { labelsOf } from './connection.ts';
import { listenOnLoopback } from './loopback.ts';
import { openBrowser } from './open-browser.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printObject, printTable } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';

/** The flags of `trunkline connect`. */
export interface ConnectFlags extends Output {
  readonly app?: string;
  readonly invite?: boolean;
  readonly returnTo?: string;
  readonly way?: readonly string[];
  /** Each `key=value`. */
  readonly label?: readonly string[];
  readonly browser?: boolean;
  readonly list?: boolean;
  /** The id of an invitation. */
  readonly revoke?: string;
}

/**
 * `trunkline connect [NAME]`: a person allows an App in the browser; or, with `--invite`, a link for somebody else, which
 * `--list` shows and `--revoke` ends.
 *
 * Only what the platform's redirect brings passes through here: the gateway redeems the code, and no token reaches the
 * command line.
 *
 * @throws CommandFailed  nobody came back in time, or a flag is not as it must be
 */
export async function connectCommand<Config>(parts: CliParts<Config>, config: Config, name: string | undefined, flags: ConnectFlags): Promise<void> {
  const { app, label = [], returnTo, way } = flags;
  requireOnePurpose(name, flags);
  if (flags.list) return listInvitations(parts, config, flags);
  if (flags.revoke !== undefined) return revokeInvitation(parts, config, flags.revoke, flags);
  if (app === undefined) throw new CommandFailed('--app is missing: the App that is allowed.');
  if (!flags.invite && (returnTo !== undefined || way !== undefined)) throw new CommandFailed('--return-to and --way belong to --invite, which is missing.');
  const wanted = { connection: name ?? app, app, ...(label.length > 0 && { labels: labelsOf(label) }) };
  if (flags.invite) {
    const invitation = { ...wanted, ...(returnTo !== undefined && { returnTo }), ...(way && { ways: way }) };
    const made = await withManagement(parts, config, (management) => management.invite(invitation));
    if (flags.json) printJson(made);
    else printLine(`${made.url}\nIt works once, until ${new Date(made.expiresAt).toISOString()}.`);
    return;
  }
  const connected = await withManagement(parts, config, (management) => signIn(parts, management, wanted, flags));
  if (flags.json) printJson(connected);
  else printObject(connected);
}

// What does not belong together would be dropped without a word.
function requireOnePurpose(name: string | undefined, { list, revoke, ...others }: ConnectFlags): void {
  const purpose = list ? '--list' : revoke === undefined ? undefined : '--revoke';
  if (purpose === undefined) return;
  if (name !== undefined || (list && revoke !== undefined) || ['app', 'invite', 'returnTo', 'way', 'label'].some((flag) => flag in others))
    throw new CommandFailed(`${purpose} stands alone.`);
}

async function listInvitations<Config>(parts: CliParts<Config>, config: Config, { json }: Output): Promise<void> {
  const items = await withManagement(parts, config, async (management) => {
    const all: Readonly<Record<string, unknown>>[] = [];
    for await (const item of everyItem((page) => management.listInvitations(page))) all.push(item);
    return all;
  });
  if (json) printJson({ items });
  else printTable(['id', 'connection', 'app', 'state', 'createdAt', 'expiresAt', 'usedAt'], items);
}

async function revokeInvitation<Config>(parts: CliParts<Config>, config: Config, id: string, { json }: Output): Promise<void> {
  await withManagement(parts, config, (management) => management.revokeInvitation(id));
  if (json) printJson({ revoked: id });
  else printLine(`Revoked "${id}": its link opens nothing any more.`);
}

async function signIn<Config>(parts: CliParts<Config>, management: Management, wanted: { readonly app: string }, flags: ConnectFlags): Promise<ManagedObject> {
  const { redirectUris } = await management.show('apps', wanted.app);
  const listener = await listenOnLoopback(loopbackRedirectUri(wanted.app, redirectUris as readonly string[]));
  try {
    const { url, expiresAt } = await management.beginSignIn({ ...wanted, redirectUri: listener.redirectUri });
    // Not on stdout, which is for the result.
    process.stderr.write(`Allow it in your browser:\n\n  ${url}\n\n`);
    if (flags.browser !== false) openBrowser(url);
    const state = new URL(url).searchParams.get('state') ?? '';
    const ended = await listener.wait(state, parts.clock.deadline(Math.max(1, expiresAt - parts.clock.now())), async (brought) => {
      const result = await finish(management, brought);
      return { result, page: terminalPage(result instanceof GatewayError ? result : undefined) };
    });
    if (ended instanceof GatewayError) throw ended;
    return ended;
  } finally {
    listener.close();
  }
}

// The browser is told how it ended, so a refusal is a result first.
async function finish(management: Management, brought: object): Promise<ManagedObject | GatewayError> {
  try {
    return await management.finishSignIn(brought);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
