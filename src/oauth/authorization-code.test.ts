import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../domain/secret.ts';
import { systemRandom } from '../runtime/random.ts';
import { authorizationUrl, codeChallenge, createState, createVerifier } from './authorization-code.ts';

const APP = { platformOrigin: 'https://platform.example.com', clientId: 'an id-with.all_sorts&=' };

describe('PKCE', () => {
  test('2: the challenge is that of RFC 7636, appendix B', () => {
    const challenge = codeChallenge(new Secret('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'));

    expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  test('2: the verifier has 43 to 128 unreserved characters whatever 32 bytes it is made of, and the challenge no padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const verifier = createVerifier({ ...systemRandom, bytes: (length) => bytes.subarray(0, length) });

        expect(Buffer.from(verifier.reveal(), 'base64url')).toEqual(Buffer.from(bytes));
        expect(verifier.reveal()).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
        expect(codeChallenge(verifier)).toMatch(/^[\w-]{43}$/);
      }),
    );
  });

  test('2/3: verifier and state are new for each attempt, and of 32 random bytes', () => {
    const asked: number[] = [];
    const random = {
      ...systemRandom,
      bytes: (length: number) => {
        asked.push(length);
        return systemRandom.bytes(length);
      },
    };
    const made = Array.from({ length: 500 }, () => [createVerifier(random).reveal(), createState(random).reveal()]).flat();

    expect(new Set(made).size).toBe(1_000);
    expect(new Set(asked)).toEqual(new Set([32]));
  });
});

describe('authorizationUrl', () => {
  test('1/11: always asks for a code by S256, sends what it is given byte for byte, and asks for no scope', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string().map((path) => `https://trunkline.example.com/${encodeURIComponent(path)}`),
        fc.option(fc.string(), { nil: undefined }),
        (state, redirectUri, loginHint) => {
          const verifier = createVerifier(systemRandom);
          const url = new URL(authorizationUrl(APP, { redirectUri, state: new Secret(state), verifier, ...(loginHint !== undefined && { loginHint }) }));
          const sent = Object.fromEntries(url.searchParams);

          expect(url.origin + url.pathname).toBe('https://platform.example.com/restapi/oauth/authorize');
          expect(sent).toEqual({
            response_type: 'code',
            client_id: APP.clientId,
            redirect_uri: redirectUri,
            state,
            code_challenge: codeChallenge(verifier),
            code_challenge_method: 'S256',
            ...(loginHint && { login_hint: loginHint }),
          });
          expect(url.href).not.toContain(verifier.reveal());
        },
      ),
    );
  });
});
