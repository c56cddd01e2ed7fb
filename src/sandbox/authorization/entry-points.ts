import { type Answer, jsonAnswer } from '../wire/answer.ts';
import type { PublicOperation, TokenOperation } from '../wire/operation.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';

// What RingCentral's JavaScript SDK takes for granted where nothing is said.
const RETRIES = { retryCount: 3, retryInterval: 3 };
const VERSION = '1.0.0';
// The tag changes when the addresses do: here never.
const TAG = { 'discovery-tag': '1' };
const EXPIRES_IN_SECONDS = 3_600;
const RETRY_CYCLE_SECONDS = 824;

/**
 * Where everything is, before anybody has signed in.
 *
 * @see the tests of RingCentral's JavaScript SDK; the addresses are in no public document
 */
export const getInitialEntryPoints: PublicOperation = {
  access: 'public',
  method: 'GET',
  path: '/.well-known/entry-points/initial',
  answer: ({ world, request }) => {
    if (!world.directory.findApp(request.query.get('clientId') ?? '')) throw invalidParameter('clientId');
    const { origin } = world;
    return tagged({
      version: VERSION,
      ...RETRIES,
      discoveryApi: { defaultExternalUri: `${origin}/.well-known/entry-points/external` },
      authApi: { authorizationUri: `${origin}/restapi/oauth/authorize`, ...oidc(origin), defaultTokenUri: `${origin}/restapi/oauth/token` },
      coreApi: { baseUri: origin },
    });
  },
};

/** The same for whoever has signed in. */
export const getExternalEntryPoints: TokenOperation = {
  access: 'token',
  method: 'GET',
  path: '/.well-known/entry-points/external',
  group: 'NoThrottling',
  answer: ({ world: { origin } }) =>
    tagged({
      version: VERSION,
      expiresIn: EXPIRES_IN_SECONDS,
      ...RETRIES,
      retryCycleDelay: RETRY_CYCLE_SECONDS,
      discoveryApi: { initialUri: `${origin}/.well-known/entry-points/initial`, externalUri: `${origin}/.well-known/entry-points/external` },
      authApi: { authorizationUri: `${origin}/restapi/oauth/authorize`, ...oidc(origin), baseUri: origin, tokenUri: `${origin}/restapi/oauth/token` },
      coreApi: { baseUri: origin },
      // The JavaScript SDK reads it before each call, and fails without it.
      rcv: { baseApiUri: origin },
    }),
};

function oidc(origin: string): { readonly oidcDiscoveryUri: string } {
  return { oidcDiscoveryUri: `${origin}/.well-known/openid-configuration` };
}

function tagged(body: object): Answer {
  return jsonAnswer(200, body, TAG);
}
