import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts';
import { type Freeze, frozenThing } from './freeze.ts';
import { networkFault } from './network-fault.ts';

/** A fault of one field of a request; `field` is a path such as `credentials/0/password`. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/**
 * The one error that leaves Trunkline's rooms. `message` is for the person who asked: what happened, to which thing,
 * what to do next; no secret, no stack. `cause` is for the log.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly faults: readonly FieldFault[];

  constructor(code: ErrorCode, message: string, more: { cause?: unknown; retryAfterMs?: number; faults?: readonly FieldFault[] } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.faults = more.faults ?? [];
  }

  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }
}

/** `invalid_request`: The request is not of the form that the route takes. */
export class InvalidRequest extends GatewayError {
  constructor(faults: readonly FieldFault[]) {
    super('invalid_request', faults.map(({ field, message }) => (field ? `${field} ${message}` : message)).join('; '), { faults });
  }
}

/** `admin_token_wrong`: The admin token is missing or wrong. */
export class AdminTokenWrong extends GatewayError {
  /** @param given  what was sent in its place */
  constructor(given: 'nothing' | 'gateway key' | 'another') {
    const what = {
      nothing: 'The admin token is missing.',
      'gateway key': 'This is a gateway key, which manages nothing.',
      another: 'This is not the admin token.',
    };
    super('admin_token_wrong', `${what[given]} Send "Authorization: Bearer <admin token>"; it lies in data/admin.token unless TRUNKLINE_ADMIN_TOKEN is set.`);
  }
}

/** `client_unknown`: The gateway key is missing, or no Client has it. */
export class ClientUnknown extends GatewayError {
  /** @param given  what was sent in its place */
  constructor(given: 'nothing' | 'another kind' | 'unknown') {
    const what = {
      nothing: 'The gateway key is missing; send "Authorization: Bearer tlk_…" with the key of a Client.',
      'another kind': 'This is not a gateway key; send "Authorization: Bearer tlk_…" with the key of a Client. The admin token gives no access tokens.',
      unknown: 'This gateway key is not known here.',
    };
    super('client_unknown', what[given]);
  }
}

/** `bridge_token_refused`: The Bridge's access token is not good, or no longer. */
export class BridgeTokenRefused extends GatewayError {
  /** As the platform says it of its own tokens, which is what a program knows to deal with. */
  readonly platform: { readonly errorCode: string; readonly finer: string; readonly message: string };

  constructor(why: 'invalid' | 'unknown' | 'corrupted' | 'expired') {
    const platform = {
      invalid: { errorCode: 'TokenInvalid', finer: 'OAU-149', message: 'OAuth token is invalid' },
      unknown: { errorCode: 'TokenInvalid', finer: 'OAU-213', message: 'Token not found' },
      corrupted: { errorCode: 'TokenInvalid', finer: 'OAU-129', message: 'Access token corrupted' },
      expired: { errorCode: 'TokenExpired', finer: 'OAU-128', message: 'Access token expired' },
    }[why];
    super('bridge_token_refused', platform.message);
    this.platform = platform;
  }
}

/** `login_unknown`: No Client has this legacy login, or the password is wrong. */
export class LoginUnknown extends GatewayError {
  constructor() {
    super('login_unknown', 'There is no such legacy login, or its password is wrong.');
  }
}

/** `policy_forbids`: The Client's Policy does not allow the request. */
export class PolicyForbids extends GatewayError {
  /** The RingCentral Permissions of which the Policy had to list one; none where it was something else that it lacks. */
  readonly permissions: readonly string[];

  constructor(client: string, part: string, connection: string, permissions: readonly string[] = []) {
    super(
      'policy_forbids',
      part === 'connections'
        ? `Client "${client}" may not use Connection "${connection}": it is not among the Client's connections; create a Client that has it there.`
        : `The Policy of Client "${client}" does not allow this on Connection "${connection}" (${[part, ...permissions].join(' ')}).`,
    );
    this.permissions = permissions;
  }
}

/** `target_unreadable`: The path of the request can be read in more than one way. */
export class TargetUnreadable extends GatewayError {
  /** @param refusal  as `readTarget` has it */
  constructor(refusal: string) {
    super('target_unreadable', `What the request asks for is not passed on: ${refusal}.`);
  }
}

/** `not_found`: There is no such route. */
export class RouteNotFound extends GatewayError {
  constructor() {
    super('not_found', 'There is no such route.');
  }
}

/** `origin_not_listed`: A page asks from a browser whether it may call, and no Client lists its origin. */
export class OriginNotListed extends GatewayError {
  constructor(origin: string) {
    // Whatever a page may be called, only what an origin is made of goes into the answer.
    const shown = origin.slice(0, 200).replace(/[^\w:/.[\]-]/g, '?');
    super('origin_not_listed', `No Client lists the origin ${shown}; \`trunkline client bridge NAME --origin ${shown}\` lets its pages call from a browser.`);
  }
}

/** `app_not_found`: There is no App of this name. */
export class AppNotFound extends GatewayError {
  readonly app: string;

  /** @param field  of the request that named it */
  constructor(name: string, field?: string) {
    super('app_not_found', `There is no App "${name}".`, field === undefined ? {} : { faults: [{ field, message: 'names an App that is not there' }] });
    this.app = name;
  }
}

/** `client_secret_not_found`: The App has no client secret of this id. */
export class ClientSecretNotFound extends GatewayError {
  constructor(app: string, id: string) {
    super('client_secret_not_found', `App "${app}" has no client secret "${id}"; list those it has with \`trunkline app secret list ${app}\`.`);
  }
}

/** `client_key_not_found`: The Client has no gateway key of this id. */
export class ClientKeyNotFound extends GatewayError {
  constructor(client: string, id: string) {
    super('client_key_not_found', `Client "${client}" has no gateway key "${id}"; list those it has with \`trunkline client key list ${client}\`.`);
  }
}

/** `connection_not_found`: There is no Connection of this name. */
export class ConnectionNotFound extends GatewayError {
  readonly connection: string;

  /** @param field  of the request that named it */
  constructor(name: string, field?: string) {
    super(
      'connection_not_found',
      `There is no Connection "${name}".`,
      field === undefined ? {} : { faults: [{ field, message: 'names a Connection that is not there' }] },
    );
    this.connection = name;
  }
}

/** `client_not_found`: There is no Client of this name. */
export class ClientNotFound extends GatewayError {
  constructor(name: string) {
    super('client_not_found', `There is no Client "${name}".`);
  }
}

/** `invitation_not_found`: There is no invitation of this id. */
export class InvitationNotFound extends GatewayError {
  constructor(id: string) {
    super('invitation_not_found', `There is no invitation "${id}".`);
  }
}

/** `fax_not_found`: There is no fax of this id. */
export class FaxNotFound extends GatewayError {
  constructor(id: string) {
    super('fax_not_found', `There is no fax "${id}", or its history is over; list those there are with \`trunkline fax list\`.`);
  }
}

/** `redirect_uri_missing`: Nobody can sign in with this App in a browser. */
export class RedirectUriMissing extends GatewayError {
  /** @param wanted  what has to be registered, or why what is there will not do */
  constructor(app: string, wanted: string) {
    super(
      'redirect_uri_missing',
      `App "${app}" has no redirect URI for this. ${wanted} Register it in the developer console, and give it among the App's redirectUris, exactly so, with PUT apps/${app}/redirects.`,
    );
  }
}

/** `public_url_missing`: Nobody can be sent a link. */
export class PublicUrlMissing extends GatewayError {
  constructor() {
    super(
      'public_url_missing',
      'People reach this gateway under an address that it does not know; set TRUNKLINE_PUBLIC_URL, to https://trunkline.example.com for example.',
    );
  }
}

/** Why the answer of a consent page, or a link, is not used. */
export type SignInRefusal =
  | 'denied'
  | 'platform_error'
  | 'no_code'
  | 'state_unknown'
  | 'state_used'
  | 'state_expired'
  | 'other_browser'
  | 'other_address'
  | 'wrong_issuer'
  | 'link_unknown'
  | 'link_used'
  | 'link_expired'
  | 'link_worn';

const SIGN_IN_REFUSALS: Readonly<Record<SignInRefusal, string>> = {
  denied: 'RingCentral was told not to allow it.',
  platform_error: 'RingCentral ended the sign-in with an error.',
  no_code: 'RingCentral sent no code.',
  state_unknown: 'This sign-in was not begun here, or long ago.',
  state_used: 'This sign-in was answered before; an answer counts once.',
  state_expired: 'This sign-in took longer than ten minutes.',
  other_browser: 'This sign-in was begun in another browser.',
  other_address: 'The answer came to another address than the one that was named for it.',
  wrong_issuer: 'The answer does not say that it is from the platform that was asked.',
  link_unknown: 'This link is not valid.',
  link_used: 'This link was used before; it works once.',
  link_expired: 'The time of this link is over.',
  link_worn: 'This link was tried too often.',
};

/** `sign_in_refused`: What came back from the consent page of RingCentral, or a link, is not used. */
export class SignInRefused extends GatewayError {
  readonly reason: SignInRefusal;

  constructor(reason: SignInRefusal) {
    super('sign_in_refused', `${SIGN_IN_REFUSALS[reason]} Nothing was changed; begin again.`);
    this.reason = reason;
  }
}

/** `name_taken`: The name is in use. */
export class NameTaken extends GatewayError {
  constructor(kind: 'App' | 'Connection' | 'Client', name: string) {
    super('name_taken', `The name "${name}" is taken by another ${kind}.`, { faults: [{ field: 'name', message: 'is taken' }] });
  }
}

/** `login_taken`: Another Client that programs reach alike has a legacy login of this user name and extension. */
export class LoginTaken extends GatewayError {
  /** @param client  whose it is */
  constructor(position: number, client: string) {
    const todo = 'give another, remove that Client first, or let one of them have a client id of its own (bridge)';
    super('login_taken', `Client "${client}" has a legacy login of this user name and extension already; ${todo}.`, {
      faults: [{ field: `legacyLogins/${position}`, message: 'has a user name and extension that are taken' }],
    });
  }
}

/** `in_use`: Something else still refers to this. */
export class InUse extends GatewayError {
  constructor(what: string, by: string) {
    super('in_use', `${what} is still used by ${by}; remove what uses it first.`);
  }
}

/** `demo_present`: A real App cannot stand beside the demo data, whose passwords are public. */
export class DemoPresent extends GatewayError {
  constructor() {
    super(
      'demo_present',
      'This gateway holds the demo data, whose passwords are public; a real App cannot stand beside it. Start once with `npm start -- --remove-demo`, or remove Client, Connections and App of the demo.',
    );
  }
}

/** `grant_dead`: RingCentral no longer accepts this Grant, and no credential of the Connection can win another. */
export class GrantDead extends GatewayError {
  /** The platform's last word, `OAU-140` for example. */
  readonly platformCode: string;

  constructor(connection: string, platformCode: string, cause?: unknown) {
    super(
      'grant_dead',
      `Connection "${connection}" has no living Grant, and RingCentral refused its credentials (${platformCode}); give it new ones with \`trunkline connection credentials ${connection}\` or PUT connections/${connection}/credentials, or send its user a link: \`trunkline connect ${connection} --app APP --invite\`.`,
      { cause },
    );
    this.platformCode = platformCode;
  }
}

/** `app_refused`: RingCentral refuses the App itself, not the user. */
export class AppRefused extends GatewayError {
  /** The platform's code, `OAU-153` for example; the OAuth error where there is none. */
  readonly platformCode: string;

  constructor(app: string, platformCode: string) {
    super('app_refused', `RingCentral refuses App "${app}" (${platformCode}); compare its client id, secret and grant types with the developer console.`);
    this.platformCode = platformCode;
  }
}

/** `ringcx_refused`: RingCX does not sign this user in. */
export class RingCxRefused extends GatewayError {
  /** HTTP status of RingCX's answer. */
  readonly platformStatus: number;
  /** RingCX's `errorCode`, `access.denied.exception` for example; `HTTP 403` where it named none. */
  readonly platformCode: string;

  constructor(connection: string, platformStatus: number, platformCode: string) {
    super(
      'ringcx_refused',
      `RingCX does not sign in the user of Connection "${connection}" (${platformCode}): ${REFUSED_BY_RINGCX[platformStatus] ?? 'it does not say why'}.`,
    );
    this.platformStatus = platformStatus;
    this.platformCode = platformCode;
  }
}

// What the exchange refuses with, by RingCX's OpenAPI file: 401, 403 and 404.
const REFUSED_BY_RINGCX: Readonly<Record<number, string>> = {
  401: 'it does not take the RingCentral access token',
  403: 'the App lacks the Permission ReadAccounts, or the user may not use RingCX',
  404: 'the RingCentral account is not linked to RingCX, or the user is not in it',
};

/** `platform_refused`: RingCentral refused the request. */
export class PlatformRefused extends GatewayError {
  /** HTTP status of the platform's answer. */
  readonly platformStatus: number;
  /** The platform's most specific error code: `errors[0].errorCode`, else the top-level one. */
  readonly platformCode: string;

  constructor(platformStatus: number, platformCode: string) {
    super('platform_refused', `RingCentral refused the request with ${platformStatus} ${platformCode}.`);
    this.platformStatus = platformStatus;
    this.platformCode = platformCode;
  }
}

/** `platform_unreachable`: RingCentral gave no usable answer in time. */
export class PlatformUnreachable extends GatewayError {
  constructor(origin: string, cause: unknown) {
    const why = networkFault(cause);
    super('platform_unreachable', `No usable answer from ${origin}${why ? `: ${why}` : '; try again'}.`, { cause });
  }
}

/** `upstream_busy`: Too many requests wait for the platform, or it did not answer of late. */
export class UpstreamBusy extends GatewayError {
  constructor(origin: string, retryAfterMs: number, cause?: unknown) {
    super('upstream_busy', `Nothing was sent to ${origin}: too many requests wait for it, or it did not answer of late.`, { cause, retryAfterMs });
  }
}

/** `proxy_aborted`: The platform broke off in the middle of its answer, or whoever asked has gone. */
export class ProxyAborted extends GatewayError {
  constructor(why: string, cause?: unknown) {
    super('proxy_aborted', why, { cause });
  }
}

/** `method_not_forwarded`: The method of the request is not forwarded. */
export class MethodNotForwarded extends GatewayError {
  constructor() {
    super('method_not_forwarded', 'The method of the request is not forwarded; use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.');
  }
}

/** `headers_too_large`: The request has longer header lines than the Client may send, or too many. */
export class HeadersTooLarge extends GatewayError {
  constructor(most: number, of: 'bytes' | 'lines') {
    super(
      'headers_too_large',
      of === 'bytes'
        ? `The header lines of the request have more than ${most} bytes together, which is the most that the Client may send.`
        : `The request has more than ${most} header lines, which is the most that is taken here.`,
    );
  }
}

/** `target_too_long`: The request line is longer than is taken. */
export class TargetTooLong extends GatewayError {
  constructor(mostBytes: number) {
    super('target_too_long', `Path and query have more than ${mostBytes} bytes, which is the most that is taken here; send what is long in a body.`);
  }
}

/** `framing_unclear`: Servers may differ about what this request is, where it ends, or for whom it is. */
export class FramingUnclear extends GatewayError {
  /** @param what  is wrong; it repeats nothing of what was sent */
  constructor(what: string) {
    super('framing_unclear', `The request is not taken, and its connection is closed: ${what}.`);
  }
}

/** `request_too_slow`: The request did not come whole in the time that its Client has. */
export class RequestTooSlow extends GatewayError {
  constructor() {
    super('request_too_slow', 'The request stood still, or took too long to come; nothing more of it is read.');
  }
}

/** `payload_too_large`: The body is larger than the route takes. */
export class PayloadTooLarge extends GatewayError {
  constructor(mostBytes: number) {
    super('payload_too_large', `The body is larger than ${mostBytes} bytes, which is the most that is taken here.`);
  }
}

/** `platform_answer_unusable`: RingCentral's token endpoint answered something that is not a usable token answer. */
export class PlatformAnswerUnusable extends GatewayError {
  constructor(why: string) {
    super('platform_answer_unusable', `The platform's token answer cannot be used: ${why}.`);
  }
}

/** `owner_changed`: The tokens won belong to another extension than the Connection's. */
export class OwnerChanged extends GatewayError {
  constructor(connection: string) {
    super('owner_changed', `The tokens won for Connection "${connection}" belong to another extension; they were not stored.`);
  }
}

// Whoever asks during a stop is told to come back, and not so often that they are a load of their own.
const FROZEN_RETRY_MS = 30_000;

/**
 * `frozen`: An operator has stopped this.
 *
 * 503, not 403: to many programs 403 is final, they switch the integration off or throw their session away, and a stop
 * ends. The reason that the operator gave is not for callers.
 */
export class Frozen extends GatewayError {
  constructor(freeze: Pick<Freeze, 'kind' | 'name'>) {
    super('frozen', `${frozenThing(freeze)} until an operator ends that; try again later.`, { retryAfterMs: FROZEN_RETRY_MS });
  }
}

/** `platform_busy`: RingCentral asks us to wait. */
export class PlatformBusy extends GatewayError {
  constructor(what: string, retryAfterMs: number, code: 'platform_busy' | 'platform_limited' = 'platform_busy') {
    super(code, `RingCentral asks us to wait ${Math.ceil(retryAfterMs / 1_000)} s (${what}).`, { retryAfterMs });
  }
}

/** `platform_limited`: RingCentral's limit for this Connection is used up, or RingCentral has set a penalty. */
export class PlatformLimited extends PlatformBusy {
  constructor(connection: string, group: string, retryAfterMs: number) {
    super(`its limit for ${group} requests of Connection "${connection}"`, retryAfterMs, 'platform_limited');
  }
}

/** `client_busy`: The Client sends more than its limits allow. */
export class ClientBusy extends GatewayError {
  /** @param what  such as `requests at once` */
  constructor(client: string, what: string, retryAfterMs: number) {
    super('client_busy', `Client "${client}" has reached its limit of ${what}; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, { retryAfterMs });
  }
}

// RingCentral does not say how long an account stays locked; other services take a quarter of an hour to half a day.
const LOCKED_MS = 5 * 60_000;

/** `platform_busy`: the user's account is locked for a while, and a wrong word would lock it longer. */
export class AccountLocked extends PlatformBusy {
  /** @param platformCode  `OAU-147` for example */
  constructor(platformCode: string) {
    super(`the user's account is locked: ${platformCode}`, LOCKED_MS);
  }
}

/** `platform_away`: RingCentral's token endpoint gave no clear answer of late, and is asked again in a while. */
export class PlatformAway extends GatewayError {
  /** @param word  what went wrong */
  constructor(what: string, word: string, retryAfterMs: number) {
    super('platform_away', `No token for ${what} now: ${word}. It is asked for again in ${Math.ceil(retryAfterMs / 1_000)} s.`, { retryAfterMs });
  }
}

/** `lease_held`: Another node is winning a token for this Connection, and took longer than it may. */
export class LeaseHeld extends GatewayError {
  constructor(connection: string, retryAfterMs: number) {
    super('lease_held', `Another node is winning a token for Connection "${connection}"; try again shortly.`, { retryAfterMs });
  }
}

/** `logins_busy`: Too many passwords are being checked at this moment. */
export class LoginsBusy extends GatewayError {
  constructor() {
    super('logins_busy', 'Too many passwords are being checked; try again in a second.', { retryAfterMs: 1_000 });
  }
}

/** `token_pending`: A token is being won, and was not there within 10 s. */
export class TokenPending extends GatewayError {
  constructor(connection: string, retryAfterMs: number) {
    super('token_pending', `A token for Connection "${connection}" is being won; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, { retryAfterMs });
  }
}

/** `idempotency_key_wrong`: The `Idempotency-Key` cannot be one. */
export class IdempotencyKeyWrong extends GatewayError {
  constructor() {
    super('idempotency_key_wrong', 'An Idempotency-Key has 1 to 255 characters of printable ASCII, and is given once.');
  }
}

/** `idempotency_key_running`: A request with this `Idempotency-Key` is under way. */
export class IdempotencyKeyRunning extends GatewayError {
  constructor() {
    super('idempotency_key_running', 'The request with this Idempotency-Key is under way; try again with the same key in a second.', { retryAfterMs: 1_000 });
  }
}

/** `idempotency_unclear`: A request with this `Idempotency-Key` left, and what became of it is not known. */
export class IdempotencyUnclear extends GatewayError {
  constructor() {
    super(
      'idempotency_unclear',
      'The request with this Idempotency-Key left, and what became of it is not known; it is not sent again. Look whether it was carried out; if not, send it with a new key.',
    );
  }
}

/** `idempotency_answer_lost`: The request with this `Idempotency-Key` was carried out, and its answer was too large to be kept. */
export class IdempotencyAnswerLost extends GatewayError {
  constructor(status: number) {
    super('idempotency_answer_lost', `The request with this Idempotency-Key was answered with status ${status}; the answer was too large to be kept.`);
  }
}

/** `idempotency_key_reused`: This `Idempotency-Key` was used for another request. */
export class IdempotencyKeyReused extends GatewayError {
  constructor() {
    super('idempotency_key_reused', 'This Idempotency-Key was used for another request; use a new one.');
  }
}

/** `call_pending`: The same call is being placed, or was a moment ago and whether it rings is not known. */
export class CallPending extends GatewayError {
  constructor() {
    super('call_pending', 'The same call is being placed, or was a moment ago and whether it rings is not known; it is not placed a second time.');
  }
}

/** `refresh_too_soon`: A Refresh was forced for this token within the last minute. */
export class RefreshTooSoon extends GatewayError {
  constructor(connection: string, retryAfterMs: number) {
    super(
      'refresh_too_soon',
      `A Refresh of Connection "${connection}" was forced within the last minute and brought no newer token; try again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
      { retryAfterMs },
    );
  }
}

/** `vault_key_wrong`: The vault key does not open this database. */
export class VaultKeyWrong extends GatewayError {
  constructor() {
    super('vault_key_wrong', 'The vault key does not open this database; give the key the database was made with. Nothing was changed.');
  }
}

/** `vault_key_missing`: The database holds sealed values, and there is no vault key. */
export class VaultKeyMissing extends GatewayError {
  constructor() {
    super(
      'vault_key_missing',
      'The database holds sealed values, but there is no vault key; set TRUNKLINE_VAULT_KEY or TRUNKLINE_VAULT_KEY_FILE, or put the key file back.',
    );
  }
}

/** `sealed_value_unreadable`: A sealed value cannot be opened: it was altered or copied from elsewhere. */
export class SealedValueUnreadable extends GatewayError {
  /** Whether it names a data key that is not here: it may be well, and nothing may replace it. Callers are not told. */
  readonly keyMissing: boolean;

  constructor(table: string, column: string, keyMissing = false) {
    super('sealed_value_unreadable', `A sealed value in ${table}.${column} cannot be opened: it was altered or copied from elsewhere.`);
    this.keyMissing = keyMissing;
  }
}

// A server that restarts is away for some seconds.
const STORE_RETRY_MS = 5_000;

/** `store_unavailable`: The database cannot be used. */
export class StoreUnavailable extends GatewayError {
  constructor(why: string, cause?: unknown) {
    super('store_unavailable', `The database cannot be used: ${why}.`, { cause, retryAfterMs: STORE_RETRY_MS });
  }
}
