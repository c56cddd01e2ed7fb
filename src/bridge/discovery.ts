// What RingCentral's JavaScript SDK takes for granted where nothing is said.
const RETRIES = { retryCount: 3, retryInterval: 3 };
const VERSION = '1.0.0';
const EXPIRES_IN_SECONDS = 3_600;
const RETRY_CYCLE_SECONDS = 824;

/**
 * What the Bridge can do, for whoever reads it before signing in. Nothing is listed that it cannot: it gives out no `id_token`, so
 * there are no keys, and no scopes of OpenID Connect.
 *
 * @param origin  where programs reach the gateway
 * @see OpenID Connect Discovery §3; RFC 8414 §2; RingCentral OpenAPI `readOpenIdConfiguration`
 */
export function openIdConfiguration(origin: string): object {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/restapi/oauth/authorize`,
    token_endpoint: `${origin}/restapi/oauth/token`,
    revocation_endpoint: `${origin}/restapi/oauth/revoke`,
    userinfo_endpoint: `${origin}/restapi/oauth/userinfo`,
    scopes_supported: [],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'password'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
    code_challenge_methods_supported: ['plain', 'S256'],
    claims_supported: ['sub', 'account_id', 'email', 'email_verified', 'given_name', 'family_name'],
    display_values_supported: ['page', 'popup', 'touch', 'mobile'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}

/** Where everything is, before anybody has signed in. @see the tests of RingCentral's JavaScript SDK */
export function initialEntryPoints(origin: string): object {
  return {
    version: VERSION,
    ...RETRIES,
    discoveryApi: { defaultExternalUri: `${origin}/.well-known/entry-points/external` },
    authApi: { authorizationUri: `${origin}/restapi/oauth/authorize`, ...oidc(origin), defaultTokenUri: `${origin}/restapi/oauth/token` },
    coreApi: { baseUri: origin },
    ...video(origin),
  };
}

/** The same for whoever has signed in: nothing of it is a secret. */
export function externalEntryPoints(origin: string): object {
  return {
    version: VERSION,
    expiresIn: EXPIRES_IN_SECONDS,
    ...RETRIES,
    retryCycleDelay: RETRY_CYCLE_SECONDS,
    discoveryApi: { initialUri: `${origin}/.well-known/entry-points/initial`, externalUri: `${origin}/.well-known/entry-points/external` },
    authApi: { authorizationUri: `${origin}/restapi/oauth/authorize`, ...oidc(origin), baseUri: origin, tokenUri: `${origin}/restapi/oauth/token` },
    coreApi: { baseUri: origin },
    ...video(origin),
  };
}

function oidc(origin: string): { readonly oidcDiscoveryUri: string } {
  return { oidcDiscoveryUri: `${origin}/.well-known/openid-configuration` };
}

// The JavaScript SDK reads it without asking whether it is there; RCV's own paths are the platform's.
function video(origin: string): object {
  return { rcv: { baseWebUri: origin, baseApiUri: origin } };
}
