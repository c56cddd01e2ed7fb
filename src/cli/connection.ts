import type { ManagedObject } from '../domain/management.ts';
import { CommandFailed } from './say.ts';
import type { AskSecret } from './secret-input.ts';

/** The flags that describe a credential. */
export interface CredentialFlags {
  readonly username?: string;
  readonly extension?: string;
  readonly jwt?: boolean;
  readonly refreshToken?: boolean;
  readonly clientCredentials?: boolean;
  readonly brandId?: string;
  readonly accountId?: string;
  readonly partnerAccountId?: string;
}

/** The flags of `trunkline connection add`. */
export interface ConnectionFlags extends CredentialFlags {
  readonly app?: string;
  readonly keep?: string;
  /** Each `key=value`. */
  readonly label?: readonly string[];
}

/**
 * The body of `POST connections` that the flags describe, but for its name; asks for the secret of its credential.
 *
 * @throws CommandFailed  flags are missing or contradict each other, all of them at once; or the secret is missing
 */
export async function connectionBody(flags: ConnectionFlags, askSecret: AskSecret): Promise<object> {
  const { app, keep, label = [] } = flags;
  const mistakes = [...(app === undefined ? ['--app is missing.'] : []), ...credentialMistakes(flags), ...labelMistakes(label)];
  if (mistakes.length > 0) throw new CommandFailed(mistakes.join(' '));
  return {
    app,
    ...(keep !== undefined && { keep }),
    ...(label.length > 0 && { labels: labelsOf(label) }),
    credentials: [await credentialOf(flags, askSecret)],
  };
}

/**
 * The body of `PUT connections/{name}/credentials` that the flags describe; asks for the secret of the credential.
 *
 * @throws CommandFailed  flags are missing or contradict each other, all of them at once; or the secret is missing
 */
export async function credentialsBody(flags: CredentialFlags, askSecret: AskSecret): Promise<object> {
  const mistakes = credentialMistakes(flags);
  if (mistakes.length > 0) throw new CommandFailed(mistakes.join(' '));
  return { credentials: [await credentialOf(flags, askSecret)] };
}

/**
 * The labels that flags of the form `key=value` describe.
 *
 * @throws CommandFailed  some are not of that form
 */
export function labelsOf(label: readonly string[]): Readonly<Record<string, string>> {
  const mistakes = labelMistakes(label);
  if (mistakes.length > 0) throw new CommandFailed(mistakes.join(' '));
  return Object.fromEntries(label.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
}

/** The flags of `trunkline connection set`. */
export interface ChangeFlags {
  readonly keep?: string;
  /** Each `key=value`. */
  readonly label?: readonly string[];
  readonly removeLabel?: readonly string[];
}

/**
 * The body of `PATCH connections/{name}` that the flags describe.
 *
 * @throws CommandFailed  flags are missing, or not of their form
 */
export function changeBody({ keep, label = [], removeLabel = [] }: ChangeFlags): object {
  if (keep === undefined && label.length === 0 && removeLabel.length === 0) throw new CommandFailed('Give --keep, --label or --remove-label.');
  const labels = { ...labelsOf(label), ...Object.fromEntries(removeLabel.map((name) => [name, null])) };
  return { ...(keep !== undefined && { keep }), ...(Object.keys(labels).length > 0 && { labels }) };
}

function labelMistakes(label: readonly string[]): string[] {
  return label.filter((text) => text.indexOf('=') < 1).map((text) => `--label ${text} is not of the form key=value.`);
}

/** What is said of a Connection whose credentials were replaced. */
export function replacedLine({ name, state }: ManagedObject): string {
  return `Connection "${name}" has new credentials, and is ${String(state)}; \`trunkline doctor --sign-in ${name}\` tries them where it has no Grant.`;
}

function credentialMistakes({ username, extension, jwt, refreshToken, clientCredentials, brandId, accountId, partnerAccountId }: CredentialFlags): string[] {
  const kinds = [username !== undefined, jwt === true, refreshToken === true, clientCredentials === true].filter(Boolean).length;
  const account = Object.entries({ '--brand-id': brandId, '--account-id': accountId, '--partner-account-id': partnerAccountId });
  const without = clientCredentials ? [] : account.filter(([, value]) => value !== undefined).map(([flag]) => flag);
  return [
    ...(kinds === 1 ? [] : ['Give one of --username, --jwt, --refresh-token and --client-credentials; several credentials go into --json-body.']),
    ...without.map((flag) => `${flag} belongs to --client-credentials, which is missing.`),
    ...(extension !== undefined && username === undefined ? ['--extension belongs to --username, which is missing.'] : []),
  ];
}

async function credentialOf(flags: CredentialFlags, askSecret: AskSecret): Promise<object> {
  const { username, extension, jwt, refreshToken, clientCredentials, brandId, accountId, partnerAccountId } = flags;
  if (clientCredentials) {
    return {
      kind: 'client_credentials',
      ...(brandId !== undefined && { brandId }),
      ...(accountId !== undefined && { accountId }),
      ...(partnerAccountId !== undefined && { partnerAccountId }),
    };
  }
  if (jwt) return { kind: 'jwt', assertion: await askSecret('The JWT credential') };
  if (refreshToken) return { kind: 'refresh_token', refreshToken: await askSecret('The refresh token') };
  return { kind: 'password', username, ...(extension !== undefined && { extension }), password: await askSecret('The password') };
}
