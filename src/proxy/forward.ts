import type { Socket } from 'node:net';
import { GatewayError, PlatformUnreachable, ProxyAborted, UpstreamBusy } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { StopSignal } from '../domain/stop-signal.ts';
import { AnswerPasser, type Listening, type Outcome, passOn } from './answer.ts';
import type { InboundBody } from './body.ts';
import { type Change, joinSockets } from './change.ts';
import { requestHeaders } from './headers.ts';
import type { Presence } from './presence.ts';
import type { UpstreamFault } from './upstream/faults.ts';
import type { UpstreamHandler } from './upstream/handler.ts';
import type { Upstream } from './upstream/upstream.ts';

/** A token that is put in, and the one that comes after it. */
export interface InjectedToken {
  readonly accessToken: Secret;
  /**
   * The newer one, where the platform refused this; one is won where there is none.
   *
   * @returns nothing where there is none to be had
   */
  newer(): Promise<InjectedToken | undefined>;
  /** The one that has taken its place since; for this none is won. */
  successor(): Promise<InjectedToken | undefined>;
}

/** A request that goes to the platform. */
export interface Forwarding extends Listening {
  readonly upstream: Upstream;
  /** Path and query. */
  readonly target: string;
  readonly body: InboundBody;
  readonly token: InjectedToken;
  readonly presence: Presence;
  /** Absent: it does not want to change to another protocol. */
  readonly change?: Change | undefined;
  /** The platform refuses the newest token there is: says what the caller is told in place of that; absent: just that. */
  readonly lastRefused?: (() => Promise<GatewayError>) | undefined;
}

// RFC 9110 §9.2.1. Whatever else was sent on a connection that closed at that moment may have been acted on.
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
// A request that never left meets another socket; two in a row say that the platform is away.
const MOST_ATTEMPTS = 3;
// The body of a fax may take longer on its way than a token lives; the platform then refuses it at its end.
const MOST_REFUSALS = 3;

/**
 * Sends a request to the platform with a token put in, and its answer to the caller as it comes.
 *
 * It is sent a second time where the platform refused the token (it has done nothing then) and a newer one is there, and a third
 * where that one was replaced meanwhile; where not one byte of it had left; or, if it only reads, where a kept connection was
 * closed under it. Anything else is sent once: whether it was acted on nobody knows (docs/guarantees.md, G6; design P5).
 *
 * @returns the status that the caller got
 * @throws PlatformUnreachable, UpstreamBusy  nothing of an answer has come
 * @throws ProxyAborted  the caller has gone, or the platform broke off in the middle of its answer
 * @throws what `newer` throws, and what `lastRefused` gives
 */
export async function forward(forwarding: Forwarding): Promise<number> {
  const { request, body, upstream, presence } = forwarding;
  let { token } = forwarding;
  let refusals = 0;
  for (let attempt = 1; ; attempt += 1) {
    const mayAskAgain = refusals < MOST_REFUSALS && body.repeatable;
    const outcome = await ask(forwarding, token, mayAskAgain || forwarding.lastRefused !== undefined);
    if (outcome.is === 'passed on') return outcome.status;
    if (outcome.is === 'token refused') {
      refusals += 1;
      const newer = mayAskAgain && body.repeatable ? await presence.wait(refusals === 1 ? token.newer() : token.successor()) : undefined;
      if (!newer) {
        if (forwarding.lastRefused) throw await presence.wait(forwarding.lastRefused());
        passOn(forwarding, outcome.held);
        return 401;
      }
      token = newer;
      continue;
    }
    const { fault } = outcome;
    if (attempt < MOST_ATTEMPTS && body.repeatable && mayRepeat(request.method ?? '', fault)) continue;
    throw faultError(upstream.origin, fault, presence.signal);
  }
}

function ask(forwarding: Forwarding, token: InjectedToken, holds: boolean): Promise<Outcome> {
  const { request, upstream, target, body, rewrite, presence, change } = forwarding;
  return new Promise((resolve) => {
    const passer = new AnswerPasser(forwarding, holds, resolve);
    const headers = requestHeaders(request.rawHeaders, ['Authorization', `Bearer ${token.accessToken.reveal()}`, ...(rewrite ? PLAIN : [])]);
    const exchange = upstream.request(
      {
        method: request.method ?? 'GET',
        path: target,
        headers: rewrite ? withoutCoding(headers) : headers,
        body: body.read(),
        bodyLength: body.length,
        upgrade: change?.protocol,
        signal: presence.signal,
      },
      change ? changing(passer, forwarding, change, resolve) : passer,
    );
    passer.follow(exchange);
  });
}

function changing(passer: AnswerPasser, { response, times }: Forwarding, change: Change, resolve: (outcome: Outcome) => void): UpstreamHandler {
  return {
    onHead: (status, reason, headers) => passer.onHead(status, reason, headers),
    onData: (chunk, last) => passer.onData(chunk, last),
    onEnd: () => passer.onEnd(),
    onError: (fault) => passer.onError(fault),
    onUpgrade: (headers, platform, received) => {
      joinSockets({ ...change, response, platform: platform as Socket, received, headers, times });
      resolve({ is: 'passed on', status: 101 });
    },
  };
}

// Links in a body that is compressed cannot be found.
const PLAIN = ['Accept-Encoding', 'identity'];

function withoutCoding(headers: readonly string[]): string[] {
  const last = headers.length - PLAIN.length;
  return headers.filter((_, index) => index >= last || (headers[index - (index % 2)] as string).toLowerCase() !== 'accept-encoding');
}

function mayRepeat(method: string, fault: UpstreamFault): boolean {
  if (fault.answered) return false;
  if (fault.sent === 'nothing') return fault.kind === 'closed' || fault.kind === 'unreachable';
  return fault.reused && fault.kind === 'closed' && SAFE.has(method);
}

function faultError(origin: string, fault: UpstreamFault, { reason }: StopSignal): Error {
  // `cause` tells whether anything had left, which whoever keeps idempotency keys has to know.
  if (fault.kind === 'aborted' && reason instanceof GatewayError) return Object.assign(reason, { cause: fault });
  if (fault.kind === 'source' && fault.cause instanceof GatewayError) return fault.cause;
  if (fault.answered || fault.kind === 'aborted' || fault.kind === 'source') return new ProxyAborted(fault.message, fault);
  if (fault.kind === 'away' || fault.kind === 'crowded' || fault.kind === 'closing') return new UpstreamBusy(origin, fault.retryAfterMs ?? 1_000, fault);
  return new PlatformUnreachable(origin, fault);
}
