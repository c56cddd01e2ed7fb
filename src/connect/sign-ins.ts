import { AppNotFound, GatewayError, SignInRefused, StoreUnavailable } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import type { AttemptSecrets, SignInAttempt } from '../domain/invitation.ts';
import { Secret } from '../domain/secret.ts';
import { authorizationCodeGrantRequest, authorizationUrl, createState, createVerifier } from '../oauth/authorization-code.ts';
import { readPromisedIssuer } from '../oauth/metadata.ts';
import type { ConnectParts, Visitor } from './parts.ts';
import { hashOf } from './secrets.ts';

// RFC 9700 §4.7 leaves the time to us. A person who has to look for a password needs some minutes.
const ATTEMPT_MS = 10 * 60_000;
// So long the browser waits at most before it is sent on; the metadata only add to what the answer must say.
const METADATA_MS = 3_000;

/** A sign-in that is to be begun. */
export interface WantedSignIn extends Pick<SignInAttempt, 'app' | 'labels' | 'redirectUri'> {
  /** Empty where only the tokens will tell whose they are: then a program waits. */
  readonly connection: string;
  /** What it was begun with, and the browser; absent where the command line keeps the `state`. */
  readonly from?:
    | { readonly invitation: string; readonly link: Secret; readonly browser: Secret }
    | { readonly wish: Secret; readonly browser: Secret; readonly hints: Readonly<Record<string, string>> };
}

/** What came back from the platform. */
export interface ConsentAnswer {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly issuer: string | undefined;
}

/** Where the answer was received. */
export interface Receiver {
  /** The browser that brought it, where it has a cookie of ours. */
  readonly browser: Secret | undefined;
  /** The address it came to; nothing where only the command line knows. */
  readonly address: string | undefined;
}

/** How a sign-in ended; `link` leads back to its invitation, `onward` to the program that waits for it. */
export type Ended =
  | { readonly connected: Grant; readonly link: Secret | undefined; readonly onward?: string }
  | { readonly refused: GatewayError; readonly attempt?: SignInAttempt; readonly link?: Secret | undefined; readonly onward?: string };

/**
 * Sign-ins with the platform's consent page, from the way there to the Grant.
 *
 * Attempts go from begun to used, by their first answer, whatever it says; one that is never answered is over after ten
 * minutes. An answer that is not for this browser, or not from the platform that was asked, uses up nothing: whoever
 * began the sign-in can still end it.
 *
 * @see RFC 6749 §4.1, §10.12; RFC 7636; RFC 9700 §2.1, §4.4, §4.5, §4.7
 */
export class SignIns {
  readonly #parts: ConnectParts;

  constructor(parts: ConnectParts) {
    this.#parts = parts;
  }

  /**
   * @returns where the browser goes
   * @throws AppNotFound
   */
  async begin({ from, ...wanted }: WantedSignIn, visitor: Visitor): Promise<{ readonly url: string; readonly expiresAt: number }> {
    const { store, random, clock, fetch } = this.#parts;
    const app = await store.findApp(wanted.app);
    if (!app) throw new AppNotFound(wanted.app, 'app');
    const [state, verifier] = [createState(random), createVerifier(random)];
    const issuer = await readPromisedIssuer(app, { fetch, signal: clock.deadline(METADATA_MS) });
    const expiresAt = clock.now() + ATTEMPT_MS;
    const invited = from && 'invitation' in from ? from : undefined;
    const sent = from && 'wish' in from ? from : undefined;
    const attempt: SignInAttempt = {
      ...wanted,
      stateHash: hashOf(state),
      invitation: invited?.invitation,
      browserHash: from && hashOf(from.browser),
      issuer,
      expiresAt,
      usedAt: undefined,
    };
    await store.createAttempt(attempt, { verifier, link: invited?.link, wish: sent?.wish });
    await this.#note('beginSignIn', attempt.connection, 'ok', visitor);
    const { redirectUri } = wanted;
    return { url: authorizationUrl(app, { redirectUri, state, verifier, ...(sent && { hints: sent.hints }) }), expiresAt };
  }

  /** Judges what came back, and redeems its code at once where all is well. It rejects where the database is away. */
  async finish(answer: ConsentAnswer, receiver: Receiver, visitor: Visitor): Promise<Ended> {
    const attempt = answer.state === undefined ? undefined : await this.#parts.store.findAttempt(hashOf(new Secret(answer.state)));
    try {
      const judged = await this.#judge(attempt, answer, receiver);
      return await this.#redeem(judged, answer, visitor);
    } catch (error) {
      if (!(error instanceof SignInRefused)) throw error;
      await this.#noteRefusal(attempt, error, visitor);
      return { refused: error, ...(attempt && { attempt }) };
    }
  }

  async #judge(attempt: SignInAttempt | undefined, answer: ConsentAnswer, { browser, address }: Receiver): Promise<SignInAttempt> {
    if (!attempt) throw new SignInRefused('state_unknown');
    if (attempt.browserHash !== (browser && hashOf(browser))) throw new SignInRefused('other_browser');
    if (address !== undefined && attempt.redirectUri !== address) throw new SignInRefused('other_address');
    if (attempt.usedAt !== undefined) throw new SignInRefused('state_used');
    if (this.#parts.clock.now() >= attempt.expiresAt) throw new SignInRefused('state_expired');
    const { platformOrigin } = (await this.#parts.store.findApp(attempt.app)) ?? {};
    if (!isRightIssuer(answer.issuer, attempt.issuer, platformOrigin)) throw new SignInRefused('wrong_issuer');
    return attempt;
  }

  async #redeem(attempt: SignInAttempt, answer: ConsentAnswer, visitor: Visitor): Promise<Ended> {
    const { store, clock, programs } = this.#parts;
    const secrets = await store.takeAttempt(attempt.stateHash, clock.now());
    if (!secrets) throw new SignInRefused('state_used');
    const { link, wish } = secrets;
    try {
      const grant = await this.#win(attempt, answer, secrets, visitor);
      await this.#note('finishSignIn', grant.connection, 'ok', visitor);
      return { connected: grant, link, ...(wish && { onward: await programs.arrived(wish, grant) }) };
    } catch (refused) {
      if (!(refused instanceof GatewayError)) throw refused;
      await this.#note('finishSignIn', attempt.connection, refused instanceof SignInRefused ? refused.reason : refused.code, visitor);
      return { refused, attempt, link, ...(wish && { onward: programs.refused(wish, ...saidToProgram(refused, answer)) }) };
    }
  }

  async #win(attempt: SignInAttempt, { code, error }: ConsentAnswer, { verifier, wish }: AttemptSecrets, visitor: Visitor): Promise<Grant> {
    const { trail, adopt, adoptOfOwner, programs } = this.#parts;
    if (error !== undefined) throw new SignInRefused(error === 'access_denied' ? 'denied' : 'platform_error');
    if (code === undefined) throw new SignInRefused('no_code');
    const { connection, app, labels, redirectUri } = attempt;
    await trail.record({ ...visitor, action: 'finishSignIn', object: objectOf(connection), result: 'asked' });
    const send: Parameters<typeof adoptOfOwner>[1] = (to, wire) => authorizationCodeGrantRequest(to, { code: new Secret(code), redirectUri, verifier }, wire);
    if (wish) return adoptOfOwner({ app, labels, connectionFor: (ownerId) => programs.connectionFor(wish, ownerId, app) }, send);
    return this.using(attempt, () => adopt({ connection, app, labels }, { kind: 'request', send }));
  }

  /**
   * Uses the invitation up for `work`; it is free again where that fails.
   *
   * @throws SignInRefused  it is used, over, or gone; and what `work` throws
   */
  async using<Result>({ invitation, browserHash }: Pick<SignInAttempt, 'invitation' | 'browserHash'>, work: () => Promise<Result>): Promise<Result> {
    const { store, clock, log } = this.#parts;
    if (invitation === undefined || browserHash === undefined) return work();
    const { expiresAt } = (await store.getInvitation(invitation)) ?? {};
    if (expiresAt === undefined) throw new SignInRefused('link_unknown');
    if (!(await store.claimInvitation(invitation, clock.now()))) throw new SignInRefused(clock.now() >= expiresAt ? 'link_expired' : 'link_used');
    const unlessAway = (done: Promise<void>) => done.catch((error: unknown) => log.warn('invitation.not_noted', { invitation, error: String(error) }));
    try {
      const result = await work();
      await unlessAway(store.settleInvitation(invitation, browserHash));
      return result;
    } catch (error) {
      // What was won while the database was away is on this node's disk, and comes: then the link has done its work.
      if (!(error instanceof StoreUnavailable)) await unlessAway(store.releaseInvitation(invitation));
      throw error;
    }
  }

  #note(action: string, connection: string, result: string, visitor: Visitor): Promise<void> {
    return this.#parts.trail.note({ ...visitor, action, object: objectOf(connection), result });
  }

  // An answer that belongs to nothing may come from anybody, as often as they like.
  #noteRefusal(attempt: SignInAttempt | undefined, { reason }: SignInRefused, visitor: Visitor): Promise<void> {
    const line = { ...visitor, action: 'finishSignIn', object: attempt ? objectOf(attempt.connection) : 'connect/callback', result: reason };
    return this.#parts.trail.refused(line);
  }
}

// Whose it will be is not known while a program waits for it.
function objectOf(connection: string): string {
  return connection === '' ? 'bridge' : `connections/${connection}`;
}

/** What the platform said is passed on; of what went wrong here a program learns our code. */
function saidToProgram(refused: GatewayError, { error }: ConsentAnswer): [error: string, description: string] {
  if (error === 'access_denied') return [error, 'The user denied access to your application'];
  if (error !== undefined) return [error, 'The sign-in was ended with an error'];
  return [refused.status === 502 || refused.status === 503 ? 'temporarily_unavailable' : 'server_error', refused.code];
}

/**
 * Whether the answer is from the platform that was asked, by plain comparison; where the platform promises to say so, it
 * must.
 *
 * @see RFC 9207 §2.4
 */
function isRightIssuer(named: string | undefined, promised: string | undefined, platformOrigin: string | undefined): boolean {
  return named === undefined ? promised === undefined : named === (promised ?? platformOrigin);
}
