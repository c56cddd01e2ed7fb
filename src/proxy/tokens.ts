import type { RingCxTokens } from '../broker/ring-cx.ts';
import type { Tokens } from '../broker/tokens.ts';
import type { App } from '../domain/app.ts';
import type { AtOnce } from '../domain/at-once.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { AppNotFound, type GatewayError, GrantDead, TokenPending } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import type { RingCxGrant } from '../domain/ring-cx-grant.ts';
import type { Secret } from '../domain/secret.ts';
import type { Allowed } from './caller.ts';
import type { InjectedToken } from './forward.ts';

// A Refresh is forced once in a minute.
const REFUSED_AGAIN_MS = 60_000;

/** Where tokens come from. */
export interface TokenParts {
  readonly tokens: Pick<Tokens, 'peekGrant' | 'usableGrant' | 'newerGrant'>;
  readonly ringCx: Pick<RingCxTokens, 'usableToken' | 'newerToken'>;
  readonly apps: { findApp(name: string): AtOnce<App | undefined> };
  readonly connections: Pick<ConnectionStore, 'findConnection'>;
}

/** A token, and the App whose origins it may be sent to. */
export interface TokenForApp {
  readonly app: App;
  readonly token: InjectedToken;
}

type TokenWanted = Pick<Allowed, 'client' | 'connection' | 'servedBy'>;

/**
 * The token that a request is to carry. Who asks waits for one that is being won, 10 s at most.
 *
 * @throws what `Tokens.usableGrant` and `RingCxTokens.usableToken` throw
 */
export function tokenFor(parts: TokenParts, allowed: TokenWanted): AtOnce<TokenForApp> {
  const known = allowed.servedBy === 'ringcxOrigin' ? undefined : parts.tokens.peekGrant(allowed.connection);
  const app = known && parts.apps.findApp(known.app);
  return known && app && !(app instanceof Promise) ? { app, token: platformToken(parts, known, allowed.client.name) } : tokenWon(parts, allowed);
}

async function tokenWon(parts: TokenParts, { client, connection, servedBy }: TokenWanted): Promise<TokenForApp> {
  if (servedBy === 'ringcxOrigin') {
    const grant = await parts.ringCx.usableToken(connection);
    return { app: await getApp(parts, grant.app), token: ringCxToken(parts, grant) };
  }
  const grant = await parts.tokens.usableGrant(connection, { client: client.name });
  return { app: await getApp(parts, grant.app), token: platformToken(parts, grant, client.name) };
}

/**
 * What a program of the Bridge is told where the platform refuses the newest token there is: nothing is wrong with its own one,
 * and after a 401 it would throw away a session that is good.
 */
export async function whyRefused({ connections }: Pick<TokenParts, 'connections'>, name: string): Promise<GatewayError> {
  const connection = await connections.findConnection(name);
  return connection?.signInNeeded ? new GrantDead(name, connection.signInNeeded.code) : new TokenPending(name, REFUSED_AGAIN_MS);
}

class FoundToken implements InjectedToken {
  readonly accessToken: Secret;
  readonly #replaced: (force: boolean) => Promise<InjectedToken | undefined>;

  /** @param replaced  the one that has come after it, which is won where `force` says so and there is none */
  constructor(accessToken: Secret, replaced: (force: boolean) => Promise<InjectedToken | undefined>) {
    this.accessToken = accessToken;
    this.#replaced = replaced;
  }

  newer(): Promise<InjectedToken | undefined> {
    return this.#replaced(true);
  }

  successor(): Promise<InjectedToken | undefined> {
    return this.#replaced(false);
  }
}

function platformToken(parts: TokenParts, grant: Grant, client: string): InjectedToken {
  return new FoundToken(grant.accessToken, async (force) => {
    const newer = await parts.tokens.newerGrant(grant, { client, force });
    return newer && platformToken(parts, newer, client);
  });
}

function ringCxToken(parts: TokenParts, grant: RingCxGrant): InjectedToken {
  return new FoundToken(grant.accessToken, async (force) => {
    const newer = await parts.ringCx.newerToken(grant, { force });
    return newer && ringCxToken(parts, newer);
  });
}

async function getApp({ apps }: TokenParts, name: string): Promise<App> {
  const app = await apps.findApp(name);
  if (!app) throw new AppNotFound(name);
  return app;
}
