import { asks, reads, type Samples } from './sample.ts';

/** What is asked about signing in, about the API, and about the program that asks. */
export const AUTHORIZATION_SAMPLES: Samples = {
  'GET /restapi': [({ ask }) => ask('/restapi')],
  'GET /restapi/v1.0': [({ ask }) => ask('/restapi/v1.0')],
  'GET /restapi/v1.0/client-info': [reads('/restapi/v1.0/client-info')],
  'GET /.well-known/openid-configuration': [({ ask }) => ask('/.well-known/openid-configuration')],
  'GET /.well-known/entry-points/initial': [({ ask }) => ask('/.well-known/entry-points/initial?clientId=YourAppKey')],
  'GET /.well-known/entry-points/external': [reads('/.well-known/entry-points/external')],
  'GET /restapi/oauth/jwks': [({ ask }) => ask('/restapi/oauth/jwks')],
  'GET /restapi/oauth/userinfo': [reads('/restapi/oauth/userinfo')],
  'POST /restapi/oauth/wstoken': [asks('POST', '/restapi/oauth/wstoken')],
};
