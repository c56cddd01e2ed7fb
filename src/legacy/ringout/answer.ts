import type { LoginAttempt, LoginOwner } from '../../access/legacy-logins.ts';
import type { Call } from '../../broker/call.ts';
import { GatewayError, InvalidRequest, PlatformRefused, PolicyForbids } from '../../domain/errors.ts';
import { type CountryCode, toDialable, toLegacyNumber } from '../../domain/phone-number.ts';
import { HIGHEST_SESSION_ID, type RingOutSession, type RingOutSessionStore } from '../../domain/ring-out.ts';
import type { RingOutClaimStore } from '../../domain/ring-out-claim.ts';
import { type ForwardingNumber, processForwardingNumbersResponse } from '../../ringcentral/calls/forwarding-number.ts';
import { type PlatformAnswer, type PlatformRequest, requireSuccess } from '../../ringcentral/calls/request.ts';
import { processRingOutResponse, type RingOut } from '../../ringcentral/calls/ring-out.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Random } from '../../runtime/random.ts';
import * as call from './call.ts';
import * as cancel from './cancel.ts';
import { type HeldClaim, mayRing, type PlacedCall, placeOnce } from './claim.ts';
import { failedText, isCallerIdRefusal } from './failed.ts';
import { type CommandName, findCommand } from './index.ts';
import * as list from './list.ts';
import type { RingOutParameters } from './parameters.ts';
import { repeatKey } from './repeat.ts';
import * as status from './status.ts';
import { StatusCache } from './status-cache.ts';

// A session id is all that `status` and `cancel` ask for: it is drawn from the whole range, so that guessing meets a
// live call once in hundreds of millions of tries, and it expires.
const SESSION_LIFETIME_MS = 24 * 60 * 60 * 1_000;
// Ten ids that are all taken mean some two hundred million live sessions, or a broken generator.
const SESSION_ID_TRIES = 10;
// A thousand numbers; an extension has some ten. The bound is for a platform whose pages never end.
const LIST_PAGES = 10;

/** What the RingOut API is handed. */
export interface RingOutParts {
  readonly access: {
    /** @throws LoginUnknown, LoginsBusy */
    findLegacyLogin(login: LoginAttempt, address: string): Promise<LoginOwner>;
    /**
     * Asks the Client's Policy about one platform request.
     *
     * @throws PolicyForbids, ClientNotFound
     */
    permit(client: string, connection: string, address: string, request: PlatformRequest): Promise<void>;
  };
  /** Token, one repeat after a 401 that is the token's fault. @throws GatewayError */
  readonly call: Call;
  readonly sessions: RingOutSessionStore;
  readonly claims: RingOutClaimStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** In whose way numbers without country code are read. */
  readonly country: CountryCode;
  /** Numbers that are not called, as `toDialable` spells them: `911` for example. */
  readonly refusedNumbers: readonly string[];
  /** How long a status of the platform is used again; 0: never. */
  readonly statusCacheMs: number;
  /** How long a call that is asked for again is the first one still; 0: never. */
  readonly repeatWindowMs: number;
}

/** `ringout.asp`, without its transport. */
export interface RingOutApi {
  /**
   * Carries out one command and gives the whole body of its answer: one line, without a line break at its end, which
   * known programs would take for a part of the last value.
   *
   * It never rejects: an error is a line that starts with `FAILED`.
   *
   * @param caller  `address`: the IP address the Policy is asked about
   */
  answer(parameters: RingOutParameters, caller: { readonly address: string }): Promise<string>;
}

/** The commands of `ringout.asp` on top of REST. */
export function createRingOutApi(parts: RingOutParts): RingOutApi {
  const shared: Shared = { statuses: new StatusCache(parts.clock, parts.statusCacheMs), calls: new Map() };
  return {
    answer: async (parameters, { address }) => {
      const exchange = new Exchange(parts, shared, address);
      try {
        return exchange.end(await exchange.carryOut(parameters));
      } catch (error) {
        return exchange.fail(error);
      }
    },
  };
}

/** What the commands under way, and those after them, have in common. */
interface Shared {
  readonly statuses: StatusCache;
  /** The calls that are being placed, by their repeat key. */
  readonly calls: Map<string, Promise<PlacedCall>>;
}

/** One command from its parameters to its answer, and the line in the log that tells of it. */
class Exchange {
  readonly #parts: RingOutParts;
  readonly #shared: Shared;
  readonly #address: string;
  #command: CommandName | undefined;
  #owner: LoginOwner | undefined;
  #outcome: Readonly<Record<string, unknown>> = { outcome: 'ok' };

  constructor(parts: RingOutParts, shared: Shared, address: string) {
    this.#parts = parts;
    this.#shared = shared;
    this.#address = address;
  }

  carryOut(parameters: RingOutParameters): Promise<string> {
    this.#command = findCommand(parameters.cmd);
    switch (this.#command) {
      case 'list':
        return this.#list(parameters);
      case 'call':
        return this.#call(parameters);
      case 'status':
        return this.#status(parameters);
      case 'cancel':
        return this.#cancel(parameters);
      case undefined:
        throw new InvalidRequest([{ field: 'cmd', message: 'is missing, or not a command' }]);
    }
  }

  end(body: string): string {
    this.#parts.log.info('ringout', this.#line());
    return body;
  }

  fail(error: unknown): string {
    this.#outcome = outcomeOf(error);
    if (error instanceof GatewayError) this.#parts.log.info('ringout', this.#line());
    else this.#parts.log.error('ringout', this.#line());
    return failedText(error, this.#command);
  }

  async #list(parameters: RingOutParameters): Promise<string> {
    const { login } = list.parse(parameters);
    const owner = await this.#findOwner(login);

    return list.render(await this.#forwardingNumbers(owner, LIST_PAGES));
  }

  // The login comes before the numbers: a wrong password is told as such, whatever else is missing.
  async #call(parameters: RingOutParameters): Promise<string> {
    const wanted = call.parse(parameters);
    const owner = await this.#findOwner(wanted.login);
    const { to, from: given, callerId } = call.readNumbers(wanted, this.#parts.country);
    this.#refuse(owner, [to, ...(given === undefined ? [] : [given])]);

    const key = repeatKey(owner, { to, from: given, callerId, playPrompt: wanted.playPrompt });
    const place = async (claim: HeldClaim | undefined): Promise<number> => {
      const from = given ?? (await this.#firstNumber(owner));
      const ringOut = await this.#place(owner, wanted, to, from, callerId, claim);
      return this.#open(owner, ringOut, to, from, key, claim);
    };
    return call.render(await this.#once(owner, key, call.toRequest(wanted, to, given ?? '', callerId), place));
  }

  /**
   * Places a call, unless it is being placed already, or was in the moment before: links were used as buttons, and
   * people press a button twice.
   *
   * Who repeats a call that this process is placing shares its failure too. After the failure a call like it is placed
   * anew, at once where nothing rings, else when the time is over in which it counts as the same.
   *
   * @param request  what the Policy is asked about, also where nothing is placed
   */
  async #once(owner: LoginOwner, key: string, request: PlatformRequest, place: (claim: HeldClaim | undefined) => Promise<number>): Promise<number> {
    if (this.#parts.repeatWindowMs === 0) return place(undefined);
    await this.#permit(owner, request);
    const underWay = this.#shared.calls.get(key);
    const { sessionId, repeated } = await (underWay ?? this.#placeShared(key, place));
    if (underWay || repeated) this.#outcome = { outcome: 'repeated' };
    return sessionId;
  }

  async #placeShared(key: string, place: (claim: HeldClaim) => Promise<number>): Promise<PlacedCall> {
    const placed = placeOnce(this.#parts, key, place);
    this.#shared.calls.set(key, placed);
    try {
      return await placed;
    } finally {
      this.#shared.calls.delete(key);
    }
  }

  async #status(parameters: RingOutParameters): Promise<string> {
    const { sessionId } = status.parse(parameters);
    const session = await this.#findSession(sessionId);
    if (!session) return status.renderOver(sessionId);

    try {
      const ringOut = await this.#ringOut(session);
      return status.render(sessionId, session, ringOut.status);
    } catch (error) {
      // Only a 404 says that the call is over. While the platform is busy or away it may well go on: an old program
      // that is told "over" closes its window, and its user dials a second time; one that is told FAILED shows that,
      // and asks again in some seconds, as it polls.
      if (isNotFound(error)) return status.renderOver(sessionId);
      throw error;
    }
  }

  async #cancel(parameters: RingOutParameters): Promise<string> {
    const { sessionId } = cancel.parse(parameters);
    try {
      const session = await this.#findSession(sessionId);
      if (session) await this.#giveUp(session);
    } catch (error) {
      // The old service always said yes; programs know no other answer. The log knows better.
      this.#outcome = outcomeOf(error);
    }
    return cancel.render(sessionId);
  }

  async #findOwner(login: LoginAttempt): Promise<LoginOwner> {
    this.#owner = await this.#parts.access.findLegacyLogin(login, this.#address);
    return this.#owner;
  }

  async #findSession(sessionId: string): Promise<RingOutSession | undefined> {
    const session = await this.#parts.sessions.findSession(sessionId, this.#parts.clock.now());
    this.#owner = session;
    return session;
  }

  #refuse(owner: LoginOwner, numbers: readonly string[]): void {
    if (numbers.some((number) => this.#parts.refusedNumbers.includes(number))) throw new PolicyForbids(owner.client, 'refused numbers', owner.connection);
  }

  async #ask(owner: LoginOwner, request: PlatformRequest): Promise<PlatformAnswer> {
    await this.#permit(owner, request);
    return this.#parts.call(owner.connection, request);
  }

  #permit(owner: LoginOwner, request: PlatformRequest): Promise<void> {
    return this.#parts.access.permit(owner.client, owner.connection, this.#address, request);
  }

  // The Policy is asked for each program that polls, the platform once for all of them.
  async #ringOut(session: RingOutSession): Promise<RingOut> {
    const request = status.toRequest(session);
    await this.#permit(session, request);
    return this.#shared.statuses.find(statusKey(session), async () => processRingOutResponse(await this.#parts.call(session.connection, request)));
  }

  async #giveUp(session: RingOutSession): Promise<void> {
    try {
      const answer = await this.#ask(session, cancel.toRequest(session));
      // Who gives a call up and then asks for it again wants another one; one that goes on is still the first.
      if (isGone(answer)) await this.#parts.sessions.endRepeats(session.sessionId);
      requireSuccess(answer);
    } finally {
      // Whatever came of it, what was known before is no longer sure.
      this.#shared.statuses.drop(statusKey(session));
    }
  }

  async #forwardingNumbers(owner: LoginOwner, pages: number): Promise<readonly ForwardingNumber[]> {
    const numbers: ForwardingNumber[] = [];
    for (let page = 1; page <= pages; page += 1) {
      const answer = processForwardingNumbersResponse(await this.#ask(owner, list.toRequest(page)));
      numbers.push(...answer.numbers);
      if (answer.nextPage === undefined) break;
    }
    return numbers;
  }

  // The platform's schema requires a number to ring first, the old service did not: it is the first that `list` shows.
  async #firstNumber(owner: LoginOwner): Promise<string> {
    const listed = (await this.#forwardingNumbers(owner, 1)).filter(list.isListed);
    const first = listed.map(({ phoneNumber }) => toDialable(phoneNumber, this.#parts.country)).find((number) => number !== undefined);
    if (first === undefined) throw new InvalidRequest([{ field: 'from', message: 'is missing, and the extension has no forwarding number' }]);
    this.#refuse(owner, [first]);
    return first;
  }

  async #place(
    owner: LoginOwner,
    wanted: call.CallCommand,
    to: string,
    from: string,
    callerId: string | undefined,
    claim: HeldClaim | undefined,
  ): Promise<RingOut> {
    try {
      return await this.#askOnce(owner, call.toRequest(wanted, to, from, callerId), claim);
    } catch (error) {
      if (callerId === undefined || !isCallerIdRefusal(error)) throw error;
    }
    // Old programs send any number as caller ID, often the user's own telephone, which the platform does not show. It
    // refused the request because of that and has placed nothing, so this second one cannot be a second call.
    return this.#askOnce(owner, call.toRequest(wanted, to, from, undefined), claim);
  }

  async #askOnce(owner: LoginOwner, request: PlatformRequest, claim: HeldClaim | undefined): Promise<RingOut> {
    claim?.asking();
    try {
      return processRingOutResponse(await this.#ask(owner, request));
    } catch (error) {
      if (!mayRing(error)) claim?.settled();
      throw error;
    }
  }

  /** Keeps what `status` and `cancel` will need, durably before the old program learns the id. */
  async #open(owner: LoginOwner, ringOut: RingOut, to: string, from: string, key: string, claim: HeldClaim | undefined): Promise<number> {
    try {
      const sessionId = await this.#createSession(owner, ringOut, to, from, key);
      claim?.settled();
      return sessionId;
    } catch (error) {
      // The old program will be told that the call failed, so it must not go on ringing.
      const cancelled = await this.#ask(owner, cancel.toRequest({ ringOutId: ringOut.id })).catch(() => undefined);
      if (cancelled && isGone(cancelled)) claim?.settled();
      throw error;
    }
  }

  async #createSession(owner: LoginOwner, ringOut: RingOut, to: string, from: string, key: string): Promise<number> {
    const now = this.#parts.clock.now();
    for (let tries = 0; tries < SESSION_ID_TRIES; tries += 1) {
      const sessionId = this.#parts.random.integer(1, HIGHEST_SESSION_ID + 1);
      const session: RingOutSession = {
        sessionId,
        client: owner.client,
        connection: owner.connection,
        ringOutId: ringOut.id,
        to: toLegacyNumber(to),
        from: toLegacyNumber(from),
        createdAt: now,
        expiresAt: now + SESSION_LIFETIME_MS,
        repeatKey: key,
      };
      if (await this.#parts.sessions.createSession(session, now)) return sessionId;
    }
    throw new GatewayError('internal', 'No session id was free.');
  }

  /** Names and codes only: parameters hold passwords, and telephone numbers are nobody else's business. */
  #line(): Readonly<Record<string, unknown>> {
    return { command: this.#command ?? 'unknown', client: this.#owner?.client, connection: this.#owner?.connection, ...this.#outcome };
  }
}

function statusKey({ connection, ringOutId }: RingOutSession): string {
  return `${connection}\0${ringOutId}`;
}

function isGone({ status: answered }: PlatformAnswer): boolean {
  return answered < 300 || answered === 404;
}

function isNotFound(error: unknown): boolean {
  return error instanceof PlatformRefused && error.platformStatus === 404;
}

// The message of an error that is not ours may hold what was sent; where it arose tells enough.
function outcomeOf(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof PlatformRefused) return { outcome: error.code, platformCode: error.platformCode };
  if (error instanceof GatewayError) return { outcome: error.code };
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { outcome: 'internal', error: error instanceof Error ? error.name : typeof error, where: /^\s+at .+$/m.exec(stack)?.[0].trim() };
}
