/** Every error a person or a program can meet, by `code`: its HTTP status and what to do. `docs/errors.md` is made from it. */
export const ERROR_CATALOGUE = {
  invalid_request: { status: 400, means: 'The request is not of the form that the route takes.', todo: 'Correct the fields that `errors` names.' },
  admin_token_wrong: {
    status: 401,
    means: 'The admin token is missing or wrong.',
    todo: 'Send `Authorization: Bearer <admin token>`; it lies in `data/admin.token` unless TRUNKLINE_ADMIN_TOKEN is set.',
  },
  client_unknown: {
    status: 401,
    means: 'The gateway key is missing, or no Client has it.',
    todo: 'Send `Authorization: Bearer tlk_…` with the key that was shown when the Client was created.',
  },
  bridge_token_refused: {
    status: 401,
    means: "The Bridge's access token is not good, or no longer: it has expired, was replaced or revoked, or its Client is gone.",
    todo: 'Refresh it, or sign in again, at `/restapi/oauth/token`; an SDK does so by itself.',
  },
  login_unknown: {
    status: 401,
    means: 'No Client has this legacy login, or the password is wrong.',
    todo: "Check user name, extension and password against the Client's `legacyLogins`.",
  },
  target_unreadable: {
    status: 400,
    means: 'The path of the request can be read in more than one way, so that what is allowed and what would be done might differ.',
    todo: 'Send the path as RingCentral documents it: `/restapi/…`, without dot segments, empty segments, `;`, or encoded slashes.',
  },
  policy_forbids: { status: 403, means: "The Client's Policy does not allow the request.", todo: 'Widen the Policy, or use a Client that may.' },
  origin_not_listed: {
    status: 403,
    means: 'A page asks from a browser whether it may call, and no Client lists its origin.',
    todo: "List it among the `origins` of the Client's `bridge`, if the page is to call from a browser.",
  },
  sign_in_refused: {
    status: 403,
    means:
      'What came back from the consent page of RingCentral is not used: it was denied, is too late, was used before, or did not come from where it should.',
    todo: 'Begin again. Nothing was changed.',
  },
  not_found: { status: 404, means: 'There is no such route.', todo: 'Compare the path with the documentation.' },
  app_not_found: { status: 404, means: 'There is no App of this name.', todo: 'List the Apps, or create it first.' },
  client_secret_not_found: { status: 404, means: 'The App has no client secret of this id.', todo: 'List its client secrets.' },
  connection_not_found: { status: 404, means: 'There is no Connection of this name.', todo: 'List the Connections, or create it first.' },
  fax_not_found: { status: 404, means: 'There is no fax of this id, or its history is over.', todo: 'List the faxes.' },
  invitation_not_found: { status: 404, means: 'There is no invitation of this id.', todo: 'List the invitations.' },
  client_key_not_found: { status: 404, means: 'The Client has no gateway key of this id.', todo: 'List its gateway keys.' },
  client_not_found: { status: 404, means: 'There is no Client of this name.', todo: 'List the Clients, or create it first.' },
  name_taken: { status: 409, means: 'The name is in use.', todo: 'Choose another name, or remove the other one first.' },
  login_taken: {
    status: 409,
    means: 'Another Client has a legacy login of this user name and extension, and programs reach both alike.',
    todo: 'Remove it there first, or give one of the two a client id of its own (`bridge`): a login must lead to one Connection.',
  },
  redirect_uri_missing: {
    status: 409,
    means: 'Nobody can sign in with this App in a browser: the address to which RingCentral has to send them back is not registered.',
    todo: 'Register the address that the message names in the developer console, and give it among the `redirectUris` of the App.',
  },
  public_url_missing: {
    status: 409,
    means: 'Nobody can be sent a link, because the address under which people reach this gateway is not known.',
    todo: 'Set TRUNKLINE_PUBLIC_URL to it.',
  },
  in_use: { status: 409, means: 'Something else still refers to this.', todo: 'Remove what the message names first.' },
  demo_present: {
    status: 409,
    means: 'A real App cannot stand beside the demo data, whose passwords are public.',
    todo: 'Remove Client, Connections and App of the demo first, or start with --remove-demo.',
  },
  upstream_busy: {
    status: 503,
    means: 'Too many requests wait for the platform, or it did not answer of late.',
    todo: 'Try again after `Retry-After`; nothing of the request has left.',
  },
  proxy_aborted: {
    status: 502,
    means: 'The platform broke off in the middle of its answer, whoever asked has gone, or the request took longer than its Client may.',
    todo: 'Whether the request was acted on is not known; look before you send it again.',
  },
  method_not_forwarded: { status: 405, means: 'The method of the request is not forwarded.', todo: 'Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.' },
  headers_too_large: {
    status: 431,
    means: 'The header lines of the request are longer than the Client may send, or more than 200.',
    todo: 'Send fewer or shorter header lines, or raise the `limits` of the Client.',
  },
  target_too_long: {
    status: 414,
    means: 'Path and query of the request have more than 64 KiB.',
    todo: 'Send what is long in a body, or ask for less at once.',
  },
  framing_unclear: {
    status: 400,
    means: 'Servers may differ about what the request is, where it ends or for whom it is, so that it is not passed on. Its connection is closed.',
    todo: 'Send HTTP/1.1 as RFC 9112 has it: one `Host`, one length or `Transfer-Encoding: chunked`, a path that begins with a slash. Look at what stands between program and gateway.',
  },
  request_too_slow: {
    status: 408,
    means: 'The request stood still, or took longer than its Client may.',
    todo: 'Send it again over a better line, or raise the `limits` of the Client.',
  },
  payload_too_large: { status: 413, means: 'The body is larger than the route takes.', todo: 'Send less.' },
  unsupported_media_type: {
    status: 415,
    means: 'The body is of a kind that the route does not read.',
    todo: 'Send JSON with `Content-Type: application/json`.',
  },
  idempotency_key_wrong: {
    status: 400,
    means: 'The `Idempotency-Key` is empty, longer than 255 characters, given twice, or holds more than printable ASCII.',
    todo: 'Send a new random key, a UUID for example, with each new request, and the same one with its repeats.',
  },
  idempotency_key_running: {
    status: 409,
    means: 'A request with this `Idempotency-Key` is under way.',
    todo: 'Try again with the same key after `Retry-After`: its result is the answer then. Nothing was sent a second time.',
  },
  idempotency_unclear: {
    status: 409,
    means: 'A request with this `Idempotency-Key` left, and what became of it is not known: the gateway was stopped meanwhile, or no answer came.',
    todo: 'Look at the platform whether the call was placed or the message sent (call log, message store). Only if it was not, send it again with a new key.',
  },
  idempotency_answer_lost: {
    status: 409,
    means: 'The request with this `Idempotency-Key` was carried out, and its answer was too large to be kept.',
    todo: 'Do not send it again; read at the platform what it made. The message says with which status it was answered.',
  },
  idempotency_key_reused: {
    status: 422,
    means: 'This `Idempotency-Key` was used for another request: method, path, query, Connection or body differ.',
    todo: 'Use a new key for each new request. Nothing was sent.',
  },
  client_busy: {
    status: 429,
    means: 'The Client sends more than its limits allow: requests in a second, or requests at once.',
    todo: 'Try again after `Retry-After`, or raise the `limits` of the Client.',
  },
  platform_limited: {
    status: 429,
    means:
      "RingCentral's limit for this Connection is used up, or RingCentral has set a penalty. The request did not leave, since it would have begun the penalty anew.",
    todo: 'Try again after `Retry-After`; spread requests over time, or over Connections.',
  },
  internal: { status: 500, means: 'Something went wrong that Trunkline does not know; its log has the cause.', todo: 'Look at the log, and report it.' },
  grant_dead: {
    status: 502,
    means: 'RingCentral no longer accepts this Grant, and no credential of the Connection can win another.',
    todo: 'Give the Connection credentials that work, with `trunkline connection credentials NAME` or `PUT connections/{name}/credentials`, or let its user sign in again by a link: `trunkline connect NAME --app APP --invite`; its state says since when.',
  },
  app_refused: {
    status: 502,
    means: 'RingCentral refuses the App itself, not the user.',
    todo: 'Compare client id, client secret and allowed grant types with the developer console.',
  },
  ringcx_refused: {
    status: 502,
    means: 'RingCX does not sign this user in.',
    todo: 'The App needs the Permission ReadAccounts, and the user an account that is linked to RingCX; the message says which it was.',
  },
  platform_refused: { status: 502, means: 'RingCentral refused the request.', todo: "The platform's `errorCode` says why." },
  platform_unreachable: {
    status: 502,
    means: 'RingCentral gave no usable answer in time.',
    todo: 'Try again where it was a token or something that only reads. A call whose answer was lost may have been placed: look first.',
  },
  platform_answer_unusable: {
    status: 502,
    means: "RingCentral's token endpoint answered something that is not a usable token answer.",
    todo: 'Nothing of it was stored. Check `platformOrigin`, and what stands between.',
  },
  owner_changed: {
    status: 502,
    means: "The tokens won belong to another extension than the Connection's.",
    todo: 'Use the credential of the same extension, or create another Connection.',
  },
  frozen: {
    status: 503,
    means: 'An operator has stopped this Connection, Client or App, or everything, for the moment.',
    todo: 'Try again after `Retry-After`; nothing is wrong with the request. Operators see why with `trunkline doctor`, and end it with `trunkline connection thaw NAME` (or `client`, `app`, `app thaw --all`).',
  },
  platform_busy: { status: 503, means: 'RingCentral asks us to wait.', todo: 'Try again after `Retry-After`.' },
  platform_away: {
    status: 503,
    means: "RingCentral's token endpoint gave no clear answer of late, and is asked again in a while; no Grant is given up because of it.",
    todo: 'Try again after `Retry-After`; the message says what went wrong.',
  },
  refresh_too_soon: {
    status: 503,
    means: 'A Refresh was forced for this token within the last minute, and brought no newer one.',
    todo: 'Try again after `Retry-After`. What refuses the token may have another cause than the token.',
  },
  lease_held: {
    status: 503,
    means: 'Another node is winning a token for this Connection, and took longer than it may.',
    todo: 'Try again after `Retry-After`.',
  },
  logins_busy: { status: 503, means: 'Too many passwords are being checked at this moment.', todo: 'Try again in a second.' },
  call_pending: {
    status: 503,
    means: 'The same call is being placed, or was a moment ago and whether it rings is not known.',
    todo: 'See whether it rings. It is placed anew once the time for which it counts as the same call is over.',
  },
  token_pending: { status: 503, means: 'A token is being won, and was not there within 10 s.', todo: 'Try again after `Retry-After`.' },
  vault_key_wrong: { status: 503, means: 'The vault key does not open this database.', todo: 'Give the key the database was made with; nothing was changed.' },
  vault_key_unfit: {
    status: 503,
    means: 'What was given as the vault key cannot be one: not 32 bytes in base64, easily guessed, or in a file that others may read.',
    todo: 'Give a key made with `openssl rand -base64 32`, in a file of mode 0600.',
  },
  vault_key_missing: {
    status: 503,
    means: 'The database holds sealed values, and there is no vault key.',
    todo: 'Set TRUNKLINE_VAULT_KEY or TRUNKLINE_VAULT_KEY_FILE, or put the key file back.',
  },
  sealed_value_unreadable: {
    status: 500,
    means: 'A sealed value cannot be opened: it was altered or copied from elsewhere.',
    todo: 'Restore the database from a backup, or create the object anew.',
  },
  store_unavailable: {
    status: 503,
    means: 'The database cannot be used.',
    todo: 'Check that it is there, writable, and not full; the message says why. Try again after `Retry-After`: nothing needs a restart.',
  },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly means: string; readonly todo: string }>>;

/** The name of an error: lower case, never mistaken for one of the platform's. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;
