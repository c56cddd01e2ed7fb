import { AppNotFound, AppRefused, GatewayError, OwnerChanged, SignInRefused } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import type { Invitation } from '../domain/invitation.ts';
import { Secret } from '../domain/secret.ts';
import { type JwtMistake, judgeJwtCredential } from '../oauth/jwt-credential.ts';
import { TokenRefused } from '../oauth/token-answer.ts';
import type { ConnectParts, Visitor } from './parts.ts';
import { hashOf } from './secrets.ts';
import type { SignIns } from './sign-ins.ts';
import { tidyJwt } from './tidy-jwt.ts';

/** How often one link may be tried: each real try takes one of the App's five or so token requests a minute. */
export const MOST_TRIES = 30;

/** What is wrong with a pasted credential, as far as we or the platform can tell. */
export type PasteFault =
  | JwtMistake
  | { readonly code: 'empty' | 'other_user' }
  | { readonly code: 'refused' | 'app_without_jwt'; readonly platformCode: string };

/** What came of a pasted credential. */
export type Pasted = { readonly connected: Grant } | { readonly faults: readonly PasteFault[] };

/** What a person pastes, and from where. */
export interface Paste {
  readonly invitation: Invitation;
  readonly browser: Secret;
  readonly pasted: string;
}

/**
 * Signs in with the JWT credential that a person has pasted. What proves itself becomes the Connection's Grant, and the
 * credential is kept, sealed, as the first to be tried from then on. Anything else is not kept.
 *
 * @throws SignInRefused  the link is used, over, gone, or was tried too often
 * @throws GatewayError   whatever else stands in the way and is not the credential's fault
 */
export async function pasteJwt(parts: ConnectParts, signIns: SignIns, { invitation, browser, pasted }: Paste, visitor: Visitor): Promise<Pasted> {
  const { store, trail, clock, adopt } = parts;
  const { connection, app: appName, labels } = invitation;
  const line = { ...visitor, action: 'pasteJwt', object: `connections/${connection}` };
  const app = await store.findApp(appName);
  if (!app) throw new AppNotFound(appName);
  const ownerId = (await store.findConnection(connection))?.ownerId;
  const jwt = tidyJwt(pasted);
  const { platformOrigin } = app;
  const faults: readonly PasteFault[] = jwt === '' ? [{ code: 'empty' }] : judgeJwtCredential(jwt, { platformOrigin, ownerId }, clock.now());
  if (faults[0]) {
    await trail.note({ ...line, result: `jwt_${faults[0].code}` });
    return { faults };
  }
  if (!(await store.countTry(invitation.id, MOST_TRIES, clock.now()))) throw new SignInRefused('link_worn');
  await trail.record({ ...line, result: 'asked' });
  try {
    const credential = { kind: 'jwt', assertion: new Secret(jwt) } as const;
    const work = () => adopt({ connection, app: appName, labels }, { kind: 'credential', credential });
    const connected = await signIns.using({ invitation: invitation.id, browserHash: hashOf(browser) }, work);
    await trail.note({ ...line, result: 'ok' });
    return { connected };
  } catch (error) {
    await trail.note({ ...line, result: error instanceof SignInRefused ? error.reason : error instanceof GatewayError ? error.code : 'internal' });
    const fault = faultIn(error);
    if (!fault) throw error;
    return { faults: [fault] };
  }
}

// The codes by which RingCentral says that an App may not sign in with a JWT at all.
const WITHOUT_JWT: ReadonlySet<string> = new Set(['OAU-112', 'OAU-125', 'OAU-250', 'OAU-251', 'unauthorized_client', 'unsupported_grant_type']);

function faultIn(error: unknown): PasteFault | undefined {
  if (error instanceof OwnerChanged) return { code: 'other_user' };
  if (error instanceof TokenRefused) return { code: 'refused', platformCode: error.platformCode };
  if (error instanceof AppRefused && WITHOUT_JWT.has(error.platformCode)) return { code: 'app_without_jwt', platformCode: error.platformCode };
  return undefined;
}
