import type { Static } from 'typebox';
import type { AppDraft, AppView } from '../domain/app.ts';
import { Secret } from '../domain/secret.ts';
import type { AppAnswer, AppBody, BudgetAnswer } from './contract-apps.ts';

/** The draft that the body of `POST apps` describes. */
export function toAppDraft({ clientSecret, accessTokenTtlSeconds, refreshTokenTtlSeconds, ...rest }: Static<typeof AppBody>): AppDraft {
  return {
    ...rest,
    ...(clientSecret !== undefined && { clientSecret: new Secret(clientSecret) }),
    ...(accessTokenTtlSeconds !== undefined && { accessTokenTtlMs: accessTokenTtlSeconds * 1_000 }),
    // Programs say "none" by -1 as well as by 0.
    ...(refreshTokenTtlSeconds !== undefined && { refreshTokenTtlMs: Math.max(0, refreshTokenTtlSeconds) * 1_000 }),
  };
}

/** An App as the API shows it: lifetimes in the platform's unit. */
export function toAppAnswer(
  { accessTokenTtlMs, refreshTokenTtlMs, redirectUris, returnTo, ...rest }: AppView,
  budget: Static<typeof BudgetAnswer>,
): Static<typeof AppAnswer> {
  return {
    ...rest,
    budget,
    redirectUris: [...redirectUris],
    returnTo: [...returnTo],
    ...(accessTokenTtlMs !== undefined && { accessTokenTtlSeconds: accessTokenTtlMs / 1_000 }),
    ...(refreshTokenTtlMs !== undefined && { refreshTokenTtlSeconds: refreshTokenTtlMs / 1_000 }),
  };
}
