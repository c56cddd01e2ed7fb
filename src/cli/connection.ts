import { CommandFailed } from './say.ts';
import type { AskSecret } from './secret-input.ts';

/** The flags of `trunkline connection add`. */
export interface ConnectionFlags {
  readonly app?: string;
  readonly username?: string;
  readonly extension?: string;
  readonly refreshToken?: boolean;
  readonly keep?: string;
  /** Each `key=value`. */
  readonly label?: readonly string[];
}

/**
 * The body of `POST connections` that the flags describe, but for its name; asks for the password or the refresh token.
 *
 * @throws CommandFailed  a flag is missing or contradicts another, or the secret is missing
 */
export async function connectionBody({ app, username, extension, refreshToken, keep, label = [] }: ConnectionFlags, askSecret: AskSecret): Promise<object> {
  if (app === undefined) throw new CommandFailed('--app is missing.');
  if ((username === undefined) === !refreshToken) throw new CommandFailed('Give either --username or --refresh-token; other credentials go into --json-body.');
  if (extension !== undefined && username === undefined) throw new CommandFailed('--extension belongs to --username, which is missing.');
  const labels = labelsOf(label);
  const credential = refreshToken
    ? { kind: 'refresh_token', refreshToken: await askSecret('The refresh token') }
    : { kind: 'password', username, ...(extension !== undefined && { extension }), password: await askSecret('The password') };
  return { app, ...(keep !== undefined && { keep }), ...(label.length > 0 && { labels }), credentials: [credential] };
}

function labelsOf(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((label) => {
      const at = label.indexOf('=');
      if (at < 1) throw new CommandFailed(`--label ${label} is not of the form key=value.`);
      return [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}
