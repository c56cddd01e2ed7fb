import { GRANTS } from '../grants/index.ts';
import { jsonAnswer } from '../wire/answer.ts';
import type { PublicOperation, TokenOperation } from '../wire/operation.ts';
import { loginRequired } from '../wire/rest-refusal.ts';
import { identityClaimsOf } from './identity-claims.ts';
import { CHALLENGE_METHODS } from './pkce.ts';
import { IDENTITY_SCOPES } from './scope.ts';

/**
 * What this authorization server can do; nothing is listed that it cannot.
 *
 * @see OpenID Connect Discovery §3, §4; RingCentral OpenAPI `readOpenIdConfiguration`
 */
export const getOpenIdConfiguration: PublicOperation = {
  access: 'public',
  method: 'GET',
  path: '/.well-known/openid-configuration',
  answer: ({ world: { origin } }) =>
    jsonAnswer(200, {
      issuer: origin,
      authorization_endpoint: `${origin}/restapi/oauth/authorize`,
      token_endpoint: `${origin}/restapi/oauth/token`,
      revocation_endpoint: `${origin}/restapi/oauth/revoke`,
      userinfo_endpoint: `${origin}/restapi/oauth/userinfo`,
      jwks_uri: `${origin}/restapi/oauth/jwks`,
      scopes_supported: IDENTITY_SCOPES,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: [...GRANTS.keys()],
      subject_types_supported: ['public'],
      // Public apps need none, and the platform's own document does not say so.
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_jwt', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'HS256'],
      id_token_signing_alg_values_supported: ['RS256'],
      userinfo_signing_alg_values_supported: ['none'],
      code_challenge_methods_supported: CHALLENGE_METHODS,
      claims_supported: ['sub', 'iss', 'auth_time', 'aud', 'exp', 'iat', 'jti', 'nonce', 'account_id', 'email', 'email_verified', 'given_name', 'family_name'],
      display_values_supported: ['page', 'popup', 'touch', 'mobile'],
      ui_locales_supported: ['en'],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    }),
};

/** The key that `id_token`s are signed with. @see RFC 7517; RingCentral OpenAPI `readJwks` */
export const getJwks: PublicOperation = {
  access: 'public',
  method: 'GET',
  path: '/restapi/oauth/jwks',
  answer: ({ world }) => jsonAnswer(200, { keys: [world.authorization.key.publicJwk()] }),
};

/** Who the token's user is. @see OpenID Connect Core §5.3; RingCentral OpenAPI `getUserInfo` */
export const getUserInfo: TokenOperation = {
  access: 'token',
  method: 'GET',
  path: '/restapi/oauth/userinfo',
  group: 'Auth',
  subjects: ['user'],
  answer: ({ caller }) => {
    if (!caller) throw loginRequired();
    return jsonAnswer(200, identityClaimsOf(caller));
  },
};
