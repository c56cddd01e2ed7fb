import * as oidc from 'openid-client';
import { expect, test } from 'vitest';
import { authorizeWorld, CALLBACK } from '../bridge/authorize-world.ts';
import { FRONT_DESK } from '../connect/users.ts';

// It percent-encodes what stands behind Basic, and neither RingCentral nor the Bridge decodes that: these are the same either way.
const PAIR = { clientId: 'oldapp', clientSecret: 'oldsecret' };

test('openid-client at the Bridge: discovery, code with PKCE, userinfo, refresh, revocation', async () => {
  const it = await authorizeWorld({ ...PAIR, redirectUris: [CALLBACK] });
  const config = await oidc.discovery(new URL(it.publicUrl), PAIR.clientId, undefined, oidc.ClientSecretBasic(PAIR.clientSecret), {
    execute: [oidc.allowInsecureRequests],
  });
  const [pkceCodeVerifier, expectedState] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    state: expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });

  const back = await it.comeBack(url.search.slice(1));
  const tokens = await oidc.authorizationCodeGrant(config, new URL(back.headers.get('location') ?? ''), { pkceCodeVerifier, expectedState });
  const info = await oidc.fetchUserInfo(config, tokens.access_token, FRONT_DESK.ownerId);
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
  await oidc.tokenRevocation(config, refreshed.access_token);

  expect(config.serverMetadata().supportsPKCE()).toBe(true);
  expect([tokens.access_token, refreshed.access_token].every((token) => token.startsWith('tlb_'))).toBe(true);
  expect(info).toMatchObject({ sub: FRONT_DESK.ownerId, email: 'front-desk@example.com' });
  expect((await it.extensionOf(refreshed.access_token)).status).toBe(401);
});
