import type { App, AppStore } from '../domain/app.ts';
import { TokenRefused } from '../oauth/token-answer.ts';
import type { Log } from '../runtime/log.ts';

// The platform says with each of them that App and secret do not belong together; whatever else it says, it took the secret.
const SECRET_REFUSED: ReadonlySet<string> = new Set(['invalid_client', 'OAU-146', 'OAU-153']);

/** How an App's client secrets are chosen from. */
export interface SecretChoice {
  readonly store: Pick<AppStore, 'listClientSecrets' | 'useClientSecret'>;
  readonly log: Pick<Log, 'info'>;
  /** Whether one more token request may leave now. */
  readonly mayAskAgain: () => Promise<boolean>;
}

/**
 * Sends a request with the client secret that worked last, and, where the platform refuses it, with the others, newest
 * first; the one that it takes is presented first from then on, by every node.
 *
 * So a secret may be rolled in the developer console before or after it is given to Trunkline, and no Refresh fails: a
 * refusal of the App spends neither a refresh token nor a credential. Each try is a token request of its own; where the first
 * secret is taken, which is nearly always, there is one.
 *
 * @param request  sends it as this App
 * @throws what the last `request` threw
 */
export async function withClientSecrets<Result>(choice: SecretChoice, app: App, request: (app: App) => Promise<Result>): Promise<Result> {
  try {
    return await request(app);
  } catch (refusal) {
    if (!app.clientSecret || !isSecretRefused(refusal)) throw refusal;
    return tryOthers(choice, app, request, refusal);
  }
}

async function tryOthers<Result>(
  { store, log, mayAskAgain }: SecretChoice,
  app: App,
  request: (app: App) => Promise<Result>,
  refusal: unknown,
): Promise<Result> {
  let last = refusal;
  for (const { id, secret } of await store.listClientSecrets(app.name)) {
    if (app.clientSecret && secret.equals(app.clientSecret)) continue;
    if (!(await mayAskAgain())) throw last;
    const taken = async () => {
      await store.useClientSecret(app.name, id);
      log.info('client_secret.changed', { app: app.name, id });
    };
    try {
      const result = await request({ ...app, clientSecret: secret });
      await taken();
      return result;
    } catch (next) {
      // A refusal of something else came after the secret was taken.
      if (next instanceof TokenRefused && !isSecretRefused(next)) await taken();
      if (!isSecretRefused(next)) throw next;
      last = next;
    }
  }
  throw last;
}

function isSecretRefused(error: unknown): boolean {
  return error instanceof TokenRefused && SECRET_REFUSED.has(error.platformCode);
}
