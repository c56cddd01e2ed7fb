import { describe, expect, test } from 'vitest';
import { Secret } from '../domain/secret.ts';
import { systemRandom } from '../runtime/random.ts';
import { createPair, createSeed, createSessionId, derivePair, readToken } from './tokens.ts';

describe('the tokens of the Bridge', () => {
  test('say which session and which of the two they are, and nothing else is read as one', () => {
    const id = createSessionId(systemRandom);
    const { accessToken, refreshToken } = createPair(systemRandom, id);

    const read = [readToken(accessToken.reveal()), readToken(refreshToken.reveal())];

    expect(read).toMatchObject([
      { kind: 'access', sessionId: id, hash: expect.stringMatching(/^[\da-f]{64}$/) },
      { kind: 'refresh', sessionId: id },
    ]);
    expect(read[0]?.hash).not.toBe(read[1]?.hash);
    for (const other of [
      '',
      'tlb_',
      `tlk_${accessToken.reveal().slice(4)}`,
      accessToken.reveal().slice(0, -1),
      `${accessToken.reveal()} `,
      `tlb_${id}X${'a'.repeat(43)}`,
    ])
      expect(readToken(other)).toBeUndefined();
  });

  test('that a refresh token brings are the same with the same seed, and others with another seed, token or session', () => {
    const [seed, other] = [createSeed(systemRandom), createSeed(systemRandom)];
    const pair = (id: string, token: string, of: Secret) => {
      const { accessToken, refreshToken } = derivePair(id, token, of);
      return [accessToken.reveal(), refreshToken.reveal()];
    };

    const first = pair('a'.repeat(22), 'token', seed);

    expect(pair('a'.repeat(22), 'token', new Secret(seed.reveal()))).toEqual(first);
    expect(first.map((token) => readToken(token)?.kind)).toEqual(['access', 'refresh']);
    const others = [pair('b'.repeat(22), 'token', seed), pair('a'.repeat(22), 'token2', seed), pair('a'.repeat(22), 'token', other)];
    expect(new Set([first, ...others].flat()).size).toBe(8);
    expect(first[0]?.slice(27)).not.toBe(first[1]?.slice(27));
  });
});
