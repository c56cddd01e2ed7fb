import type { RingCxTokens } from '../broker/ring-cx.ts';
import type { Tokens } from '../broker/tokens.ts';
import type { App, AppStore } from '../domain/app.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { AppNotFound, type GatewayError, GrantDead, TokenPending } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import type { RingCxGrant } from '../domain/ring-cx-grant.ts';
import type { Allowed } from './caller.ts';
import type { InjectedToken } from './forward.ts';

// A Refresh is forced once in a minute.
const REFUSED_AGAIN_MS = 60_000;

/** Where tokens come from. */
export interface TokenParts {
  readonly tokens: Pick<Tokens, 'usableGrant' | 'newerGrant'>;
  readonly ringCx: Pick<RingCxTokens, 'usableToken' | 'newerToken'>;
  readonly apps: Pick<AppStore, 'findApp'>;
  readonly connections: Pick<ConnectionStore, 'findConnection'>;
}

/** A token, and the App whose origins it may be sent to. */
export interface TokenForApp {
  readonly app: App;
  readonly token: InjectedToken;
}

/**
 * The token that a request is to carry. Who asks waits for one that is being won, 10 s at most.
 *
 * @throws what `Tokens.usableGrant` and `RingCxTokens.usableToken` throw
 */
export async function tokenFor(parts: TokenParts, { client, connection, servedBy }: Pick<Allowed, 'client' | 'connection' | 'servedBy'>): Promise<TokenForApp> {
  const onBehalf = { client: client.name };
  if (servedBy === 'ringcxOrigin') {
    const grant = await parts.ringCx.usableToken(connection);
    return { app: await getApp(parts, grant.app), token: ringCxToken(parts, grant) };
  }
  const grant = await parts.tokens.usableGrant(connection, onBehalf);
  return { app: await getApp(parts, grant.app), token: platformToken(parts, grant, onBehalf) };
}

/**
 * What a program of the Bridge is told where the platform refuses the newest token there is: nothing is wrong with its own one,
 * and after a 401 it would throw away a session that is good.
 */
export async function whyRefused({ connections }: Pick<TokenParts, 'connections'>, name: string): Promise<GatewayError> {
  const connection = await connections.findConnection(name);
  return connection?.signInNeeded ? new GrantDead(name, connection.signInNeeded.code) : new TokenPending(name, REFUSED_AGAIN_MS);
}

function platformToken(parts: TokenParts, grant: Grant, onBehalf: { readonly client: string }): InjectedToken {
  return {
    accessToken: grant.accessToken,
    newer: async () => {
      const newer = await parts.tokens.newerGrant(grant, onBehalf);
      return newer && platformToken(parts, newer, onBehalf);
    },
    successor: async () => {
      const newer = await parts.tokens.newerGrant(grant, { ...onBehalf, force: false });
      return newer && platformToken(parts, newer, onBehalf);
    },
  };
}

function ringCxToken(parts: TokenParts, grant: RingCxGrant): InjectedToken {
  return {
    accessToken: grant.accessToken,
    newer: async () => {
      const newer = await parts.ringCx.newerToken(grant);
      return newer && ringCxToken(parts, newer);
    },
    successor: async () => {
      const newer = await parts.ringCx.newerToken(grant, { force: false });
      return newer && ringCxToken(parts, newer);
    },
  };
}

async function getApp({ apps }: TokenParts, name: string): Promise<App> {
  const app = await apps.findApp(name);
  if (!app) throw new AppNotFound(name);
  return app;
}
