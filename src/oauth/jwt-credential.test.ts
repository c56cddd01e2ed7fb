import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeJwtCredential } from './jwt-credential.ts';

const NOW = 1_750_000_000_000;
const PLATFORM = 'https://platform.ringcentral.com';
const GOOD = { aud: `${PLATFORM}/restapi/oauth/token`, iss: PLATFORM, sub: '403141004', exp: NOW / 1_000 + 60, jti: 'x' };

function jwt(claims: unknown, header: unknown = { alg: 'RS256' }): string {
  return [header, claims, 'signature'].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

function mistakes(assertion: string, ownerId?: string, platformOrigin = PLATFORM) {
  return judgeJwtCredential(assertion, { platformOrigin, ownerId }, NOW).map(({ code }) => code);
}

describe('13: judgeJwtCredential', () => {
  test('finds nothing in one that fits, and in one that fits its platform, whoever its user is, where that is not known', () => {
    expect([mistakes(jwt(GOOD), '403141004'), mistakes(jwt(GOOD))]).toEqual([[], []]);
  });

  test('tells what was found instead', () => {
    const found = judgeJwtCredential(jwt({ aud: 'https://platform.devtest.ringcentral.com/restapi/oauth/token', exp: 1 }), { platformOrigin: PLATFORM }, NOW);
    const everOver = judgeJwtCredential(jwt({ ...GOOD, exp: -1e300 }), { platformOrigin: PLATFORM }, NOW);

    expect(found).toMatchObject([
      { code: 'wrong_environment', found: 'https://platform.devtest.ringcentral.com' },
      { code: 'expired', at: 1_000 },
    ]);
    expect(everOver).toMatchObject([{ code: 'expired', at: undefined, message: expect.stringContaining('long ago') }]);
  });

  test.each<[string, unknown, readonly string[]]>([
    ['says nothing at all', {}, []],
    ['has its user as a number', { ...GOOD, sub: 403_141_004 }, []],
    ['has several audiences, ours among them', { ...GOOD, aud: ['https://other.example.com/', GOOD.aud] }, []],
    ['has an audience that is no address', { ...GOOD, aud: 'ringcentral' }, []],
    ['expires at this instant', { ...GOOD, exp: NOW / 1_000 }, ['expired']],
    ['is for another platform', { ...GOOD, aud: 'https://platform.devtest.ringcentral.com/restapi/oauth/token' }, ['wrong_environment']],
    ['was issued by another platform', { ...GOOD, aud: undefined, iss: 'https://platform.devtest.ringcentral.com' }, ['wrong_environment']],
    ['is of another user', { ...GOOD, sub: '1' }, ['other_user']],
    ['is wrong in every way', { aud: 'https://a.example.com', exp: 1, sub: '1' }, ['wrong_environment', 'expired', 'other_user']],
  ])('one that %s', (_name, claims, expected) => {
    expect(mistakes(jwt(claims), '403141004')).toEqual(expected);
  });

  test('the names of this machine are one place, its ports are not', () => {
    const local = jwt({ aud: 'http://127.0.0.1:8090/restapi/oauth/token' });

    expect([mistakes(local, undefined, 'http://localhost:8090'), mistakes(local, undefined, 'http://localhost:8091')]).toEqual([[], ['wrong_environment']]);
  });

  test.each(['', 'a', 'a.b', 'a.b.c.d', '..', 'e30.e30.sig nature', `${jwt(GOOD)}\n`, 'e30.W10.c2ln', 'e30.bm90IGpzb24.c2ln'])('%j is not a JWT', (text) => {
    expect(mistakes(text)).toEqual(['not_a_jwt']);
  });

  test('whatever is given, it does not throw, and repeats nothing of what is no JWT', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((claims) => jwt(claims)),
        ),
        (text) => {
          const found = judgeJwtCredential(text, { platformOrigin: PLATFORM, ownerId: '1' }, NOW);
          const [first] = found;
          expect(found.every(({ message }) => !/\p{Cc}/u.test(message))).toBe(true);
          if (first?.code === 'not_a_jwt' && text.length > 40) expect(first.message).not.toContain(text);
        },
      ),
    );
  });
});
